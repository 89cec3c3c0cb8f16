//! What is deployed, said by flags or by an estate file. `compile` and `audit` share these flags.

use super::failure::print_notes;
use super::{Failure, files};
use crate::consumer::{Consumers, Estate, Settings};
use crate::source::Severity;
use std::path::PathBuf;

/// A deployment in flags, or an estate file.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What is deployed")]
pub(super) struct DeploymentArguments {
    /// The system that keeps its data in S3; `leastwise consumers` lists them
    #[arg(required_unless_present = "estate")]
    consumer: Option<String>,
    /// An estate file that lists deployments, instead of the flags below
    #[arg(short = 'f', long = "estate", value_name = "FILE", conflicts_with_all = ["consumer", "deployment"])]
    pub(super) estate: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, clap::Args)]
#[group(id = "deployment", multiple = true)]
struct Flags {
    /// The bucket
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    /// The format of keys, as the consumer's own configuration has it
    #[arg(long, value_name = "FORMAT")]
    key_format: Option<String>,
    /// The deployed version, by default the newest known
    #[arg(long, value_name = "VERSION")]
    consumer_version: Option<String>,
    /// A feature that is switched on, besides those that are on by default
    #[arg(long = "with", value_name = "FEATURE", value_delimiter = ',')]
    with: Vec<String>,
    /// A feature that is switched off
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    without: Vec<String>,
    /// A component that the role is for; several are one role. By default one role for each
    /// component that needs any
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    component: Vec<String>,
    /// One role for all Kubeflow profiles: the session tag of EKS Pod Identity says which one's keys
    #[arg(long)]
    abac: bool,
    /// Only this Kubeflow profile
    #[arg(long, value_name = "NAME")]
    for_profile: Option<String>,
    /// The region of the bucket
    #[arg(long, value_name = "REGION")]
    bucket_region: Option<String>,
    /// The KMS key that encrypts the bucket: its ARN
    #[arg(long, value_name = "ARN")]
    kms_key: Option<String>,
    /// Any parameter of the consumer's model; `leastwise consumers show NAME` lists them
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    set: Vec<(String, String)>,
    /// The account of the role: 12 digits
    #[arg(long, value_name = "ID", help_heading = "The role and who may assume it")]
    account: Option<String>,
    /// The partition of the account: aws, aws-cn, aws-us-gov, ...
    #[arg(long, value_name = "NAME", help_heading = "The role and who may assume it")]
    partition: Option<String>,
    /// The name of the role, or `user/NAME`
    #[arg(long, value_name = "NAME", help_heading = "The role and who may assume it")]
    role: Option<String>,
    /// Trust the tokens of this OIDC issuer: IRSA on EKS, or a self-hosted issuer
    #[arg(long, value_name = "URL", help_heading = "The role and who may assume it")]
    irsa_issuer: Option<String>,
    /// What the tokens are for, by default sts.amazonaws.com
    #[arg(long, value_name = "NAME", help_heading = "The role and who may assume it")]
    irsa_audience: Option<String>,
    /// Trust the Pod Identity associations of this EKS cluster
    #[arg(long, value_name = "ARN", help_heading = "The role and who may assume it")]
    pod_identity_cluster: Option<String>,
    /// The Kubernetes service account, NAMESPACE/NAME, that runs as the role
    #[arg(
        long,
        value_name = "NS/NAME",
        value_delimiter = ',',
        help_heading = "The role and who may assume it"
    )]
    service_account: Vec<String>,
    /// Trust EC2 instances
    #[arg(long, help_heading = "The role and who may assume it")]
    ec2: bool,
    /// Trust this principal: an ARN or an account
    #[arg(long, value_name = "ARN", help_heading = "The role and who may assume it")]
    principal: Vec<String>,
    /// The external id that trusted principals must name
    #[arg(long, value_name = "ID", help_heading = "The role and who may assume it")]
    external_id: Option<String>,
    /// A user with static keys: no trust policy
    #[arg(long, help_heading = "The role and who may assume it")]
    user: bool,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Flags {
    fn settings(&self, consumer: &str) -> Settings {
        let mut settings = Settings::from_origin("flags");
        settings.set("consumer", consumer);
        let single = [
            ("bucket", &self.bucket),
            ("key-format", &self.key_format),
            ("consumer-version", &self.consumer_version),
            ("for-profile", &self.for_profile),
            ("bucket-region", &self.bucket_region),
            ("kms-key", &self.kms_key),
            ("account", &self.account),
            ("partition", &self.partition),
            ("role", &self.role),
            ("irsa-issuer", &self.irsa_issuer),
            ("irsa-audience", &self.irsa_audience),
            ("pod-identity-cluster", &self.pod_identity_cluster),
            ("external-id", &self.external_id),
        ];
        for (name, value) in single {
            settings.set(name, value.as_deref().unwrap_or_default());
        }
        let lists = [
            ("features", &self.with),
            ("without", &self.without),
            ("components", &self.component),
            ("service-accounts", &self.service_account),
            ("principals", &self.principal),
        ];
        for (name, values) in lists {
            values.iter().for_each(|value| settings.set(name, value));
        }
        for (name, on) in [("abac", self.abac), ("ec2", self.ec2), ("user", self.user)] {
            settings.set(name, if on { "true" } else { "" });
        }
        self.set.iter().for_each(|(name, value)| settings.set(name, value));
        settings
    }
}

impl DeploymentArguments {
    /// # Errors
    /// Where one role for all profiles is to be made, and one of these is named.
    pub(super) fn needs_no_profile(&self) -> Result<(), Failure> {
        match &self.flags.for_profile {
            Some(profile) if self.flags.abac => {
                let message = format!("`--for-profile {profile}` with `--abac`");
                let help = "one role serves all profiles; leave one of the two out".to_owned();
                Err(Failure::input(message, help))
            }
            _ => Ok(()),
        }
    }

    /// The estate, however it was said. What is said about it goes to stderr, from severity
    /// `quietest` on.
    pub(super) fn estate(&self, quietest: Severity) -> Result<Estate<'static>, Failure> {
        let consumers = Consumers::embedded();
        let (source, estate, quietest) = match (&self.estate, &self.consumer) {
            (Some(path), _) => {
                let source = files::read(path)?;
                let estate = Estate::read(&source, consumers);
                (source, estate, quietest)
            }
            // Who names one component in flags knows that there are others.
            (None, consumer) => {
                let settings = self.flags.settings(consumer.as_deref().unwrap_or_default());
                let estate = Estate::from_settings(&settings, consumers);
                (settings.source(), estate, quietest.max(Severity::Warning))
            }
        };
        match estate {
            Ok(estate) => {
                let loud = estate.remarks.iter().filter(|remark| remark.severity >= quietest);
                // That stderr cannot be written is no reason to stop.
                let _ = print_notes(&mut anstream::stderr(), &source, loud);
                Ok(estate)
            }
            Err(problems) => Err(Failure::problems(source, problems)),
        }
    }
}
