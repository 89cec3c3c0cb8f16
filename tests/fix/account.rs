//! An account in memory that does what the commands of a fix say.

use leastwise::account::{Account, Selection, dump};
use leastwise::audit::{Audit, AuditReport};
use leastwise::consumer::{Consumers, Estate};
use leastwise::fix::{PrincipalFix, Verdict, fixes};
use leastwise::source::{Severity, Source};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::Arc;

pub(crate) fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

pub(crate) fn estate(text: impl Into<String>) -> Estate<'static> {
    Estate::read(&Source::new("leastwise.yaml", text), Consumers::embedded()).unwrap()
}

/// What `get-account-authorization-details` would print.
#[derive(Clone)]
pub(crate) struct Dump(pub(crate) Value);

impl Dump {
    pub(crate) fn read(path: &str) -> Self {
        Self(serde_json::from_str(&file(path)).unwrap())
    }

    /// One role with these inline policies.
    pub(crate) fn role(name: &str, inline: &[(&str, Value)]) -> Self {
        let inline: Vec<Value> = inline
            .iter()
            .map(|(name, document)| json!({"PolicyName": name, "PolicyDocument": document}))
            .collect();
        let trust = json!({"Version": "2012-10-17", "Statement": []});
        let role = json!({
            "Path": "/", "RoleName": name, "RoleId": "AROAEXAMPLE0000000001",
            "Arn": format!("arn:aws:iam::111122223333:role/{name}"),
            "AssumeRolePolicyDocument": trust, "RolePolicyList": inline,
            "AttachedManagedPolicies": [],
        });
        Self(
            json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role], "Policies": []}),
        )
    }

    /// Attaches a managed policy to the first role.
    pub(crate) fn managed(mut self, arn: &str, attachments: u32, document: &Value) -> Self {
        let name = arn.rsplit('/').next().unwrap();
        let attached = json!({"PolicyName": name, "PolicyArn": arn});
        self.0["RoleDetailList"][0]["AttachedManagedPolicies"]
            .as_array_mut()
            .unwrap()
            .push(attached);
        self.add_policy(arn, attachments, document);
        self
    }

    pub(crate) fn add_policy(&mut self, arn: &str, attachments: u32, document: &Value) {
        let policy = json!({"PolicyName": arn.rsplit('/').next().unwrap(), "Arn": arn, "DefaultVersionId": "v1",
            "AttachmentCount": attachments, "PermissionsBoundaryUsageCount": 0,
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document}]});
        self.0["Policies"].as_array_mut().unwrap().push(policy);
    }

    pub(crate) fn account(&self) -> Account {
        let source = Source::new("account.json", self.0.to_string());
        dump::read(&[Arc::new(source)], &Selection::All).unwrap()
    }

    pub(crate) fn fixes(&self, audit: &Audit<'_>) -> Vec<PrincipalFix> {
        let account = self.account();
        let principals = audit.requirements.iter().map(|requirement| {
            (requirement, account.find(&requirement.role.arn().unwrap()).unwrap())
        });
        fixes(audit, principals, &account.holders)
    }

    pub(crate) fn report(&self, audit: &Audit<'_>) -> AuditReport {
        let account = self.account();
        audit.report(audit.requirements.iter().map(|r| (r, account.find(&r.role.arn().unwrap()))))
    }

    fn entry(&mut self, list: &str, key: &str, name: &str) -> &mut Value {
        let entries = self.0[list].as_array_mut().unwrap();
        entries.iter_mut().find(|entry| entry[key] == name).unwrap()
    }

    /// Carries out one command, with the files of its fix.
    fn run(&mut self, command: &str, fix: &PrincipalFix) {
        let words: Vec<&str> = command.split_whitespace().collect();
        assert_eq!(&words[..2], ["aws", "iam"], "{command}");
        let option = |name: &str| -> String {
            let at = words.iter().position(|word| *word == name);
            words[at.unwrap_or_else(|| panic!("{command} has no {name}")) + 1].to_owned()
        };
        let document = || -> Value {
            let file = option("--policy-document");
            let name = file.strip_prefix("file://").unwrap();
            let file = fix.files.iter().find(|file| file.name == name).unwrap();
            serde_json::from_str(&file.text).unwrap()
        };
        let (verb, rest) = words[2].split_once('-').unwrap();
        match (verb, rest) {
            ("update", "assume-role-policy") => {
                self.entry("RoleDetailList", "RoleName", &option("--role-name"))["AssumeRolePolicyDocument"] =
                    document();
            }
            ("create", "policy-version") => {
                let policy = self.entry("Policies", "Arn", &option("--policy-arn"));
                policy["PolicyVersionList"][0]["Document"] = document();
            }
            ("remove", "user-from-group") => {
                let user = self.entry("UserDetailList", "UserName", &option("--user-name"));
                let group = option("--group-name");
                user["GroupList"].as_array_mut().unwrap().retain(|name| *name != *group);
            }
            (_, "role-policy" | "user-policy") => {
                let (list, key, inline, name) = if rest == "role-policy" {
                    ("RoleDetailList", "RoleName", "RolePolicyList", option("--role-name"))
                } else {
                    ("UserDetailList", "UserName", "UserPolicyList", option("--user-name"))
                };
                let entry = self.entry(list, key, &name);
                match verb {
                    "attach" | "detach" => {
                        let arn = option("--policy-arn");
                        let attached = entry["AttachedManagedPolicies"].as_array_mut().unwrap();
                        attached.retain(|policy| policy["PolicyArn"] != *arn);
                        if verb == "attach" {
                            attached.push(json!({"PolicyName": "x", "PolicyArn": arn}));
                        }
                    }
                    "put" | "delete" => {
                        let policy = option("--policy-name");
                        let inline = entry[inline].as_array_mut().unwrap();
                        let at = inline.iter().position(|p| p["PolicyName"] == *policy);
                        match (verb, at) {
                            ("put", Some(at)) => inline[at]["PolicyDocument"] = document(),
                            ("put", None) => inline
                                .push(json!({"PolicyName": policy, "PolicyDocument": document()})),
                            (_, at) => _ = inline.remove(at.unwrap()),
                        }
                    }
                    _ => panic!("{command}"),
                }
            }
            _ => panic!("{command}"),
        }
    }

    /// The account after all steps.
    pub(crate) fn fixed(&self, fixes: &[PrincipalFix]) -> Self {
        let mut fixed = self.clone();
        for fix in fixes {
            for step in &fix.steps {
                fixed.run(step.command.as_ref().unwrap(), fix);
            }
        }
        fixed
    }
}

/// Whether neither gaps nor excess are left but notes and what open keys decide.
pub(crate) fn assert_closed(report: &AuditReport) {
    for principal in &report.principals {
        let gaps = principal.gaps.iter().filter(|gap| gap.depends_on.is_empty());
        let gaps: Vec<_> = gaps.filter(|gap| gap.severity > Severity::Note).collect();
        assert!(gaps.is_empty(), "{}: {gaps:#?}", principal.arn);
        let excess = principal.excess.iter();
        let excess: Vec<_> = excess.filter(|e| e.severity > Severity::Note).collect();
        assert!(excess.is_empty(), "{}: {excess:#?}", principal.arn);
        assert!(principal.trust.gaps.is_empty(), "{}", principal.arn);
        assert!(principal.trust.excess.is_empty(), "{}", principal.arn);
        assert_eq!(principal.exactness, leastwise::audit::Exactness::Exact);
    }
}

/// Whether every patch, applied to one of the live documents by a library, gives the document
/// beside it.
pub(crate) fn assert_patches(dump: &Dump, fixes: &[PrincipalFix]) {
    let mut live = Vec::new();
    documents(&dump.0, &mut live);
    for fix in fixes {
        for step in &fix.steps {
            let Some(patch) = &step.patch else { continue };
            let text = |name: &str| &fix.files.iter().find(|file| file.name == name).unwrap().text;
            let patch: json_patch::Patch = serde_json::from_str(text(patch)).unwrap();
            let whole: Value = serde_json::from_str(text(step.document.as_ref().unwrap())).unwrap();
            let results = live.iter().filter_map(|document| {
                let mut document = (*document).clone();
                json_patch::patch(&mut document, &patch).ok().map(|()| document)
            });
            let results: Vec<Value> = results.collect();
            assert!(results.contains(&whole), "{}: {}", fix.arn, step.summary);
        }
    }
}

/// Every policy document of a dump.
fn documents<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(entries) if entries.contains_key("Statement") => found.push(value),
        Value::Object(entries) => entries.values().for_each(|v| documents(v, found)),
        Value::Array(items) => items.iter().for_each(|v| documents(v, found)),
        _ => {}
    }
}

/// A fix that closes everything, and leaves nothing to fix.
pub(crate) fn assert_fixes(dump: &Dump, audit: &Audit<'_>) -> Vec<PrincipalFix> {
    let found = dump.fixes(audit);
    for fix in &found {
        for verdict in [&fix.permissions, &fix.trust] {
            assert!(!matches!(verdict, Verdict::NotFixed { .. }), "{}: {verdict:?}", fix.arn);
        }
    }
    assert_patches(dump, &found);
    let fixed = dump.fixed(&found);
    assert_closed(&fixed.report(audit));
    for again in fixed.fixes(audit) {
        assert_eq!((&again.permissions, &again.trust), (&Verdict::Clean, &Verdict::Clean));
        assert!(again.steps.is_empty() && again.files.is_empty());
    }
    found
}
