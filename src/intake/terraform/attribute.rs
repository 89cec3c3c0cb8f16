//! Attributes of AWS's Terraform provider that hold policy documents.
//!
//! Terraform: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>

use crate::iam::PolicyKind;
use crate::intake::found::{Attachment, Holder};

/// What an attribute holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute {
    kinds: &'static [&'static str],
    name: &'static str,
    /// The kind of policy; `None` where another attribute or the text tells.
    pub(super) kind: Option<PolicyKind>,
    pub(super) attachment: Option<Attachment>,
    /// The service whose resource it is.
    pub(super) service: Option<&'static str>,
    /// What stands here may be what another resource set.
    pub(super) is_copy: bool,
}

const fn identity(
    kinds: &'static [&'static str],
    name: &'static str,
    attachment: Attachment,
    is_copy: bool,
) -> Attribute {
    let kind = Some(PolicyKind::Identity);
    Attribute { kinds, name, kind, attachment: Some(attachment), service: None, is_copy }
}

const fn resource(
    service: &'static str,
    kinds: &'static [&'static str],
    name: &'static str,
    is_copy: bool,
) -> Attribute {
    let kind = Some(PolicyKind::Resource);
    Attribute { kinds, name, kind, attachment: None, service: Some(service), is_copy }
}

const fn other(
    kinds: &'static [&'static str],
    name: &'static str,
    kind: Option<PolicyKind>,
    is_copy: bool,
) -> Attribute {
    Attribute { kinds, name, kind, attachment: None, service: None, is_copy }
}

const ATTRIBUTES: [Attribute; 42] = [
    identity(&["aws_iam_policy"], "policy", Attachment::CustomerManaged, false),
    identity(&["aws_iam_role_policy"], "policy", Attachment::Inline(Holder::Role), false),
    identity(&["aws_iam_user_policy"], "policy", Attachment::Inline(Holder::User), false),
    identity(&["aws_iam_group_policy"], "policy", Attachment::Inline(Holder::Group), false),
    // `inline_policy` of a role shows what `aws_iam_role_policy` set.
    identity(&["aws_iam_role"], "policy", Attachment::Inline(Holder::Role), true),
    identity(
        &["aws_ssoadmin_permission_set_inline_policy"],
        "inline_policy",
        Attachment::Inline(Holder::Role),
        false,
    ),
    other(&["aws_iam_role"], "assume_role_policy", Some(PolicyKind::Trust), false),
    other(&["aws_organizations_policy"], "content", None, false),
    other(
        &["aws_transfer_user", "aws_transfer_access"],
        "policy",
        Some(PolicyKind::Session),
        false,
    ),
    resource(
        "s3",
        &[
            "aws_s3_bucket_policy",
            "aws_s3control_access_point_policy",
            "aws_s3control_bucket_policy",
            "aws_s3control_multi_region_access_point_policy",
            "aws_s3control_object_lambda_access_point_policy",
        ],
        "policy",
        false,
    ),
    resource("s3", &["aws_s3_bucket", "aws_s3_access_point"], "policy", true),
    resource(
        "s3tables",
        &["aws_s3tables_table_bucket_policy", "aws_s3tables_table_policy"],
        "resource_policy",
        false,
    ),
    resource("s3vectors", &["aws_s3vectors_vector_bucket_policy"], "policy", false),
    resource("kms", &["aws_kms_key_policy"], "policy", false),
    resource(
        "kms",
        &[
            "aws_kms_key",
            "aws_kms_external_key",
            "aws_kms_replica_key",
            "aws_kms_replica_external_key",
        ],
        "policy",
        true,
    ),
    resource("sqs", &["aws_sqs_queue_policy"], "policy", false),
    resource("sqs", &["aws_sqs_queue"], "policy", true),
    resource("sns", &["aws_sns_topic_policy"], "policy", false),
    resource("sns", &["aws_sns_topic"], "policy", true),
    resource("ecr", &["aws_ecr_repository_policy", "aws_ecr_registry_policy"], "policy", false),
    resource("ecr-public", &["aws_ecrpublic_repository_policy"], "policy", false),
    resource("secretsmanager", &["aws_secretsmanager_secret_policy"], "policy", false),
    resource("secretsmanager", &["aws_secretsmanager_secret"], "policy", true),
    resource("ec2", &["aws_vpc_endpoint_policy"], "policy", false),
    resource("ec2", &["aws_vpc_endpoint"], "policy", true),
    resource(
        "es",
        &["aws_opensearch_domain_policy", "aws_elasticsearch_domain_policy"],
        "access_policies",
        false,
    ),
    resource("es", &["aws_opensearch_domain", "aws_elasticsearch_domain"], "access_policies", true),
    resource("elasticfilesystem", &["aws_efs_file_system_policy"], "policy", false),
    resource("backup", &["aws_backup_vault_policy"], "policy", false),
    resource("glacier", &["aws_glacier_vault"], "access_policy", false),
    resource("execute-api", &["aws_api_gateway_rest_api_policy"], "policy", false),
    resource(
        "execute-api",
        &["aws_api_gateway_rest_api", "aws_api_gateway_domain_name"],
        "policy",
        true,
    ),
    resource("glue", &["aws_glue_resource_policy"], "policy", false),
    resource("logs", &["aws_cloudwatch_log_resource_policy"], "policy_document", false),
    resource("logs", &["aws_cloudwatch_log_destination_policy"], "access_policy", false),
    resource("events", &["aws_cloudwatch_event_bus_policy"], "policy", false),
    resource("dynamodb", &["aws_dynamodb_resource_policy"], "policy", false),
    resource("kinesis", &["aws_kinesis_resource_policy"], "policy", false),
    resource(
        "codeartifact",
        &[
            "aws_codeartifact_domain_permissions_policy",
            "aws_codeartifact_repository_permissions_policy",
        ],
        "policy_document",
        false,
    ),
    resource("codebuild", &["aws_codebuild_resource_policy"], "policy", false),
    resource(
        "ses",
        &["aws_ses_identity_policy", "aws_sesv2_email_identity_policy"],
        "policy",
        false,
    ),
    resource("lambda", &["aws_lambda_resource_policy"], "policy", false),
];

/// A data source is a draft of what a resource holds.
const DRAFTS: [Attribute; 2] = [
    other(&["aws_iam_policy_document"], "json", None, true),
    identity(&["aws_iam_policy"], "policy", Attachment::CustomerManaged, true),
];

/// What an attribute of a type of resource holds; `None` where that is not known to be a document.
pub(super) fn of(kind: &str, name: &str, is_data: bool) -> Option<&'static Attribute> {
    let table: &[Attribute] = if is_data { &DRAFTS } else { &ATTRIBUTES };
    table.iter().find(|row| row.name == name && row.kinds.contains(&kind))
}
