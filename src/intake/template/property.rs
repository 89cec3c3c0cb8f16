//! Properties that hold policy documents.
//!
//! AWS: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>

use super::{Resource, is_string};
use crate::iam::PolicyKind;
use crate::intake::anywhere::{kind_of_type, looks_like_a_policy};
use crate::intake::candidate::Candidate;
use crate::intake::found::{Attachment, Holder};
use crate::syntax::Json;

/// What a property holds.
#[derive(Clone, Copy)]
pub(super) struct Property {
    kind: Option<PolicyKind>,
    attachment: Option<Attachment>,
    service: Option<&'static str>,
}

const UNKNOWN: Property = Property { kind: None, attachment: None, service: None };
const TRUST: Property = Property { kind: Some(PolicyKind::Trust), ..UNKNOWN };

const fn identity(attachment: Attachment) -> Property {
    Property { kind: Some(PolicyKind::Identity), attachment: Some(attachment), service: None }
}

const fn resource(service: &'static str) -> Property {
    Property { kind: Some(PolicyKind::Resource), attachment: None, service: Some(service) }
}

/// Types and their property, which may lie deeper: `Policies[0].PolicyDocument` of a role.
const PROPERTIES: [(&str, &str, Property); 46] = [
    ("AWS::IAM::Role", "AssumeRolePolicyDocument", TRUST),
    ("AWS::IAM::Role", "PolicyDocument", identity(Attachment::Inline(Holder::Role))),
    ("AWS::IAM::User", "PolicyDocument", identity(Attachment::Inline(Holder::User))),
    ("AWS::IAM::Group", "PolicyDocument", identity(Attachment::Inline(Holder::Group))),
    (
        "AWS::IAM::Policy",
        "PolicyDocument",
        Property { kind: Some(PolicyKind::Identity), ..UNKNOWN },
    ),
    ("AWS::IAM::RolePolicy", "PolicyDocument", identity(Attachment::Inline(Holder::Role))),
    ("AWS::IAM::UserPolicy", "PolicyDocument", identity(Attachment::Inline(Holder::User))),
    ("AWS::IAM::GroupPolicy", "PolicyDocument", identity(Attachment::Inline(Holder::Group))),
    ("AWS::IAM::ManagedPolicy", "PolicyDocument", identity(Attachment::CustomerManaged)),
    ("AWS::SSO::PermissionSet", "InlinePolicy", identity(Attachment::Inline(Holder::Role))),
    ("AWS::Serverless::Function", "AssumeRolePolicyDocument", TRUST),
    ("AWS::Organizations::Policy", "Content", UNKNOWN),
    ("AWS::Organizations::ResourcePolicy", "Content", resource("organizations")),
    ("AWS::S3::BucketPolicy", "PolicyDocument", resource("s3")),
    ("AWS::S3::AccessPoint", "Policy", resource("s3")),
    ("AWS::S3::MultiRegionAccessPointPolicy", "Policy", resource("s3")),
    ("AWS::S3ObjectLambda::AccessPointPolicy", "PolicyDocument", resource("s3-object-lambda")),
    ("AWS::S3Express::BucketPolicy", "PolicyDocument", resource("s3express")),
    ("AWS::S3Tables::TableBucketPolicy", "ResourcePolicy", resource("s3tables")),
    ("AWS::S3Outposts::BucketPolicy", "PolicyDocument", resource("s3-outposts")),
    ("AWS::SQS::QueuePolicy", "PolicyDocument", resource("sqs")),
    ("AWS::SQS::QueueInlinePolicy", "PolicyDocument", resource("sqs")),
    ("AWS::SNS::TopicPolicy", "PolicyDocument", resource("sns")),
    ("AWS::SNS::TopicInlinePolicy", "PolicyDocument", resource("sns")),
    ("AWS::KMS::Key", "KeyPolicy", resource("kms")),
    ("AWS::KMS::ReplicaKey", "KeyPolicy", resource("kms")),
    ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", resource("secretsmanager")),
    ("AWS::ECR::Repository", "RepositoryPolicyText", resource("ecr")),
    ("AWS::ECR::PublicRepository", "RepositoryPolicyText", resource("ecr-public")),
    ("AWS::ECR::RegistryPolicy", "PolicyText", resource("ecr")),
    ("AWS::EC2::VPCEndpoint", "PolicyDocument", resource("ec2")),
    ("AWS::EFS::FileSystem", "FileSystemPolicy", resource("elasticfilesystem")),
    ("AWS::Backup::BackupVault", "AccessPolicy", resource("backup")),
    ("AWS::OpenSearchService::Domain", "AccessPolicies", resource("es")),
    ("AWS::Elasticsearch::Domain", "AccessPolicies", resource("es")),
    ("AWS::ApiGateway::RestApi", "Policy", resource("execute-api")),
    ("AWS::Events::EventBus", "Policy", resource("events")),
    ("AWS::DynamoDB::Table", "PolicyDocument", resource("dynamodb")),
    ("AWS::DynamoDB::GlobalTable", "PolicyDocument", resource("dynamodb")),
    ("AWS::Kinesis::ResourcePolicy", "ResourcePolicy", resource("kinesis")),
    ("AWS::Logs::ResourcePolicy", "PolicyDocument", resource("logs")),
    ("AWS::Logs::Destination", "DestinationPolicy", resource("logs")),
    ("AWS::CodeArtifact::Domain", "PermissionsPolicyDocument", resource("codeartifact")),
    ("AWS::CodeArtifact::Repository", "PermissionsPolicyDocument", resource("codeartifact")),
    ("AWS::Lambda::ResourcePolicy", "Policy", resource("lambda")),
    ("AWS::Glue::ResourcePolicy", "Policy", resource("glue")),
];

/// What a property of a type of resource holds; `None` where it is no document, as far as is known.
pub(super) fn of(kind: &str, name: &str, value: &Json<'_>) -> Option<Property> {
    let known = PROPERTIES.iter().find(|(of, property, _)| *of == kind && *property == name);
    match known {
        Some((_, _, property)) => Some(*property),
        None if looks_like_a_policy(value) => Some(anywhere(kind)),
        // A name that says it all, of a type that is not known.
        None if name.ends_with("PolicyDocument") && !is_string(value) => Some(UNKNOWN),
        None => None,
    }
}

/// A document at no known property of a type.
pub(super) fn anywhere(kind: &str) -> Property {
    match kind {
        // SAM makes a role of their `Policies`.
        "AWS::Serverless::Function" | "AWS::Serverless::StateMachine" => {
            identity(Attachment::Inline(Holder::Role))
        }
        _ => UNKNOWN,
    }
}

impl Property {
    /// Says of a document what the property tells.
    pub(super) fn describe(self, resource: Resource<'_>, candidate: &mut Candidate<'_>) {
        candidate.kind = self.kind;
        candidate.attachment = self.attachment;
        candidate.service = self.service;
        let has = |name: &str| resource.json.get(name).is_some();
        match resource.kind {
            "AWS::Organizations::Policy" => {
                candidate.kind =
                    resource.json.get("Type").and_then(Json::text).and_then(kind_of_type);
            }
            // A policy of this type is written into each role, user and group that it names.
            "AWS::IAM::Policy" => {
                let holder = match (has("Roles"), has("Users"), has("Groups")) {
                    (_, true, _) => Some(Holder::User),
                    (_, _, true) => Some(Holder::Group),
                    (true, _, _) => Some(Holder::Role),
                    _ => None,
                };
                candidate.attachment = holder.map(Attachment::Inline);
            }
            _ => {}
        }
    }
}
