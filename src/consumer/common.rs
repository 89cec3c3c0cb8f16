//! What every consumer has: settings of the bucket itself. Default encryption, for one, is
//! invisible in a consumer's configuration, so KMS belongs to the bucket.

use super::model::{Feature, Parameter, ParameterType};

/// The feature that a `kms-key` turns on.
pub const KMS: &str = "kms";

pub(super) fn parameters() -> Vec<Parameter> {
    [
        ("bucket", ParameterType::Bucket, true, "the bucket that holds the data"),
        (
            "bucket-region",
            ParameterType::Region,
            false,
            "the bucket's region, where it is not the estate's",
        ),
        (
            "bucket-account",
            ParameterType::Account,
            false,
            "the bucket's account, where it is not the role's",
        ),
        (
            "kms-key",
            ParameterType::KmsKey,
            false,
            "ARN of the key that encrypts the bucket's objects",
        ),
        (
            "also",
            ParameterType::Also,
            false,
            "buckets and prefixes that the key format does not cover",
        ),
    ]
    .map(|(name, kind, required, summary)| Parameter {
        name: name.to_owned(),
        kind,
        required,
        default: Vec::new(),
        choices: Vec::new(),
        summary: summary.to_owned(),
    })
    .into()
}

pub(super) fn features() -> Vec<Feature> {
    vec![Feature {
        name: KMS.to_owned(),
        default: false,
        summary: "objects are encrypted with a customer managed KMS key (a `kms-key` turns it on)"
            .to_owned(),
        versions: None,
        needs: None,
        needs_parameter: Some("kms-key".to_owned()),
        assumes: None,
        plain_http: false,
    }]
}
