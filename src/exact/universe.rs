//! The requests that can be: which actions exist, and what each of them acts on.

use super::domain::{Carriage, Domain};
use super::language::Language;
use crate::catalogue::{AccessLevel, ActionId, Catalogue, FormatLanguage, ResourceType};
use crate::pattern::ArnPattern;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// All requests that AWS knows, by the catalogue: comparisons are exact within it.
///
/// It remembers the resources of the actions it was asked about, so one universe serves all
/// comparisons of a run.
#[derive(Debug)]
pub struct Universe<'c> {
    catalogue: &'c Catalogue,
    /// By action.
    resources: Vec<OnceLock<Arc<Resources>>>,
    known: Mutex<Known>,
    keys: RwLock<Keys>,
    services: OnceLock<Vec<Service>>,
    levels: OnceLock<Vec<AccessLevel>>,
}

/// What has been asked for, each once.
#[derive(Debug, Default)]
struct Known {
    /// By the names of the resource types, then by service.
    resources: FxHashMap<Box<str>, Vec<Arc<Resources>>>,
    /// By what they accept.
    formats: FxHashMap<FormatLanguage, Arc<Format>>,
}

/// The condition keys that have been asked for.
#[derive(Debug, Default)]
struct Keys {
    /// By their names in lower case.
    domains: FxHashMap<Box<str>, Arc<Domain>>,
    /// By their names in the catalogue, which may have an open part.
    carriages: FxHashMap<Box<str>, Option<Arc<Carriage>>>,
}

/// The actions of a service, and the names under which ARNs of its resources may call it; `None`
/// for any name.
type Service = (Range<u32>, Vec<Option<Box<str>>>);

impl Universe<'static> {
    /// The universe of the built-in catalogue.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Universe<'static>> = OnceLock::new();
        EMBEDDED.get_or_init(|| Universe::new(Catalogue::embedded()))
    }
}

impl<'c> Universe<'c> {
    /// The universe of a catalogue.
    #[must_use]
    pub fn new(catalogue: &'c Catalogue) -> Self {
        Self {
            catalogue,
            resources: catalogue.actions().map(|_| OnceLock::new()).collect(),
            known: Mutex::default(),
            keys: RwLock::default(),
            services: OnceLock::new(),
            levels: OnceLock::new(),
        }
    }

    /// The catalogue that says what there is.
    #[must_use]
    pub fn catalogue(&self) -> &'c Catalogue {
        self.catalogue
    }

    /// The access levels of all actions, by id.
    pub(crate) fn levels(&self) -> &[AccessLevel] {
        self.levels.get_or_init(|| {
            self.catalogue.actions().map(|id| self.catalogue.access_level(id)).collect()
        })
    }

    /// All services, in the order of their actions.
    pub(crate) fn services(&self) -> &[Service] {
        self.services.get_or_init(|| {
            let name = |format: &str| {
                let name = format.split(':').nth(2)?;
                (!name.contains(['$', '*'])).then(|| name.into())
            };
            let service = |service: &str| {
                let formats =
                    self.catalogue.resource_types_of(service).flat_map(ResourceType::arn_formats);
                let mut names: Vec<Option<Box<str>>> = formats.map(name).collect();
                names.sort_unstable();
                names.dedup();
                (self.catalogue.service_range(service), names)
            };
            let mut services: Vec<Service> = self.catalogue.services().map(service).collect();
            services.sort_unstable_by_key(|(ids, _)| ids.start);
            services
        })
    }

    /// What requests can carry under a key, given in lower case.
    pub(crate) fn domain(&self, key: &str) -> Arc<Domain> {
        let known = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(domain) = known.domains.get(key) {
            return Arc::clone(domain);
        }
        drop(known);
        let fact = self.catalogue.condition_key(key);
        let mut known = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let Keys { domains, carriages } = &mut *known;
        let domain = fact.map(|fact| {
            let carriage = carriages.entry(fact.name.into());
            let carriage = carriage.or_insert_with(|| Carriage::new(self, fact).map(Arc::new));
            Domain::new(fact, carriage.clone())
        });
        Arc::clone(
            domains.entry(key.into()).or_insert_with(|| Arc::new(domain.unwrap_or_default())),
        )
    }

    /// What an action of the catalogue acts on.
    pub(crate) fn resources(&self, id: ActionId) -> Arc<Resources> {
        match self.resources.get(id.0 as usize) {
            Some(known) => Arc::clone(known.get_or_init(|| self.shared_resources(id))),
            None => self.shared_resources(id),
        }
    }

    /// The same for all actions of a service that act on the same types.
    fn shared_resources(&self, id: ActionId) -> Arc<Resources> {
        let (service, types) = self.catalogue.resource_key(id);
        // Whoever panicked elsewhere left whole entries behind: there is nothing to mend.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Known { resources, formats } = &mut *known;
        let of_types = resources.get(types).into_iter().flatten();
        if let Some(found) = of_types.into_iter().find(|found| *found.service == *service) {
            return Arc::clone(found);
        }
        let mut shared = |tokens: FormatLanguage| {
            let number = formats.len();
            let format = |tokens: &FormatLanguage| Arc::new(Format::new(number, tokens.clone()));
            Arc::clone(formats.entry(tokens).or_insert_with_key(format))
        };
        let types_of = self.catalogue.resource_types(id);
        let formats: Vec<Arc<Format>> =
            types_of.flat_map(|t| self.catalogue.format_languages(t)).map(&mut shared).collect();
        let found = Arc::new(Resources {
            number: Some(resources.values().map(Vec::len).sum()),
            service: service.into(),
            star: formats.is_empty(),
            formats,
            size: OnceLock::new(),
        });
        resources.entry(types.into()).or_default().push(Arc::clone(&found));
        found
    }
}

/// What an action acts on.
#[derive(Debug)]
pub(crate) struct Resources {
    /// Its number in the universe; `None` outside.
    pub(crate) number: Option<usize>,
    /// The service; empty outside.
    pub(crate) service: Box<str>,
    /// The ARNs it can name.
    pub(crate) formats: Vec<Arc<Format>>,
    /// Whether it is evaluated on `*`, which is no ARN.
    ///
    /// AWS: actions without resource types are granted on `*` only:
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    pub(crate) star: bool,
    /// How many there are, counted when it is first asked for.
    pub(crate) size: OnceLock<f64>,
}

impl Resources {
    /// Any ARN, or none: what an action that the catalogue does not know may act on.
    pub(crate) fn unknown() -> Self {
        let language = Language::of_arn(&ArnPattern::Any);
        Self {
            number: None,
            service: Box::default(),
            formats: vec![Arc::new(Format { number: None, language, tokens: Vec::new() })],
            star: true,
            size: OnceLock::new(),
        }
    }
}

/// One way to write the ARNs of a type of resource.
#[derive(Debug)]
pub(crate) struct Format {
    /// Its number in the universe; `None` outside.
    pub(crate) number: Option<usize>,
    pub(crate) language: Language,
    pub(crate) tokens: FormatLanguage,
}

impl Format {
    fn new(number: usize, tokens: FormatLanguage) -> Self {
        Self { number: Some(number), language: Language::of_format(&tokens), tokens }
    }
}
