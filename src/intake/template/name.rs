//! What `Ref` and `GetAtt` give: names and ARNs as the deployed resources would have them, in the account
//! of AWS's examples.
//!
//! AWS: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html>,
//! and the section "Return values" of each type:
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>

use super::text::Text;
use super::value::{Reading, Value};
use crate::source::Span;
use crate::syntax::{Json, JsonValue};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";
const PARTITION: &str = "aws";

/// Names of resources that are made of names of resources: no template goes deeper.
const DEEPEST: usize = 8;

/// How resources of a type are named.
struct Naming {
    kind: &'static str,
    /// The property that gives the name, and else the resource's name in the template does.
    property: &'static str,
    /// What `Ref` gives.
    reference: Reference,
    /// `{}` is the name.
    arn: &'static str,
}

enum Reference {
    Name,
    Arn,
    /// Like the ARN, a text around the name.
    Text(&'static str),
}

const fn named(kind: &'static str, property: &'static str, arn: &'static str) -> Naming {
    Naming { kind, property, reference: Reference::Name, arn }
}

const fn by_arn(kind: &'static str, property: &'static str, arn: &'static str) -> Naming {
    Naming { kind, property, reference: Reference::Arn, arn }
}

const NAMINGS: [Naming; 36] = [
    named("AWS::S3::Bucket", "BucketName", "arn:aws:s3:::{}"),
    named("AWS::IAM::Role", "RoleName", "arn:aws:iam::123456789012:role/{}"),
    named("AWS::IAM::User", "UserName", "arn:aws:iam::123456789012:user/{}"),
    named("AWS::IAM::Group", "GroupName", "arn:aws:iam::123456789012:group/{}"),
    by_arn("AWS::IAM::ManagedPolicy", "ManagedPolicyName", "arn:aws:iam::123456789012:policy/{}"),
    named(
        "AWS::IAM::InstanceProfile",
        "InstanceProfileName",
        "arn:aws:iam::123456789012:instance-profile/{}",
    ),
    by_arn("AWS::SNS::Topic", "TopicName", "arn:aws:sns:us-east-1:123456789012:{}"),
    Naming {
        kind: "AWS::SQS::Queue",
        property: "QueueName",
        reference: Reference::Text("https://sqs.us-east-1.amazonaws.com/123456789012/{}"),
        arn: "arn:aws:sqs:us-east-1:123456789012:{}",
    },
    Naming {
        kind: "AWS::KMS::Key",
        property: "",
        reference: Reference::Text("1234abcd-12ab-34cd-56ef-1234567890ab"),
        arn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    },
    named(
        "AWS::Lambda::Function",
        "FunctionName",
        "arn:aws:lambda:us-east-1:123456789012:function:{}",
    ),
    named(
        "AWS::Serverless::Function",
        "FunctionName",
        "arn:aws:lambda:us-east-1:123456789012:function:{}",
    ),
    named("AWS::DynamoDB::Table", "TableName", "arn:aws:dynamodb:us-east-1:123456789012:table/{}"),
    named(
        "AWS::DynamoDB::GlobalTable",
        "TableName",
        "arn:aws:dynamodb:us-east-1:123456789012:table/{}",
    ),
    named(
        "AWS::Serverless::SimpleTable",
        "TableName",
        "arn:aws:dynamodb:us-east-1:123456789012:table/{}",
    ),
    by_arn(
        "AWS::SecretsManager::Secret",
        "Name",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:{}-a1b2c3",
    ),
    named(
        "AWS::Logs::LogGroup",
        "LogGroupName",
        "arn:aws:logs:us-east-1:123456789012:log-group:{}:*",
    ),
    named(
        "AWS::ECR::Repository",
        "RepositoryName",
        "arn:aws:ecr:us-east-1:123456789012:repository/{}",
    ),
    by_arn(
        "AWS::StepFunctions::StateMachine",
        "StateMachineName",
        "arn:aws:states:us-east-1:123456789012:stateMachine:{}",
    ),
    by_arn(
        "AWS::Serverless::StateMachine",
        "Name",
        "arn:aws:states:us-east-1:123456789012:stateMachine:{}",
    ),
    named("AWS::Kinesis::Stream", "Name", "arn:aws:kinesis:us-east-1:123456789012:stream/{}"),
    named(
        "AWS::KinesisFirehose::DeliveryStream",
        "DeliveryStreamName",
        "arn:aws:firehose:us-east-1:123456789012:deliverystream/{}",
    ),
    named("AWS::SSM::Parameter", "Name", ""),
    named("AWS::ECS::Cluster", "ClusterName", "arn:aws:ecs:us-east-1:123456789012:cluster/{}"),
    named("AWS::Events::EventBus", "Name", "arn:aws:events:us-east-1:123456789012:event-bus/{}"),
    named("AWS::Events::Rule", "Name", "arn:aws:events:us-east-1:123456789012:rule/{}"),
    Naming {
        kind: "AWS::EFS::FileSystem",
        property: "",
        reference: Reference::Text("fs-01234567"),
        arn: "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-01234567",
    },
    named(
        "AWS::OpenSearchService::Domain",
        "DomainName",
        "arn:aws:es:us-east-1:123456789012:domain/{}",
    ),
    named(
        "AWS::Elasticsearch::Domain",
        "DomainName",
        "arn:aws:es:us-east-1:123456789012:domain/{}",
    ),
    named("AWS::CodeBuild::Project", "Name", "arn:aws:codebuild:us-east-1:123456789012:project/{}"),
    named(
        "AWS::CodeCommit::Repository",
        "RepositoryName",
        "arn:aws:codecommit:us-east-1:123456789012:{}",
    ),
    named("AWS::CodePipeline::Pipeline", "Name", ""),
    named("AWS::EKS::Cluster", "Name", "arn:aws:eks:us-east-1:123456789012:cluster/{}"),
    named("AWS::Athena::WorkGroup", "Name", ""),
    named("AWS::Glue::Database", "Name", ""),
    named(
        "AWS::Backup::BackupVault",
        "BackupVaultName",
        "arn:aws:backup:us-east-1:123456789012:backup-vault:{}",
    ),
    named(
        "AWS::S3Express::DirectoryBucket",
        "BucketName",
        "arn:aws:s3express:us-east-1:123456789012:bucket/{}",
    ),
];

impl<'f> Reading<'f> {
    /// What `Ref` gives.
    pub(super) fn reference(&mut self, name: &str, span: Span) -> Value {
        let made = |text: &str| Value::Text(Text::made(text, span));
        match name {
            "AWS::NoValue" => return Value::Absent,
            "AWS::AccountId" => return made(ACCOUNT),
            "AWS::Region" => return made(REGION),
            "AWS::Partition" => return made(PARTITION),
            "AWS::URLSuffix" => return made("amazonaws.com"),
            "AWS::StackName" => return made("stack"),
            _ => {}
        }
        if let Some(parameter) = self.template.parameters.get(name) {
            return parameter_default(parameter, span).unwrap_or(Value::Open(span));
        }
        let Some((naming, resource)) = self.naming(name) else { return Value::Open(span) };
        match naming.reference {
            Reference::Name => self.named("{}", naming, resource, name, span),
            Reference::Arn => self.named(naming.arn, naming, resource, name, span),
            Reference::Text(pattern) => self.named(pattern, naming, resource, name, span),
        }
    }

    /// What `GetAtt` gives: ARNs and names, under whatever name the type has for them.
    pub(super) fn attribute(&mut self, name: &str, attribute: &str, span: Span) -> Value {
        let Some((naming, resource)) = self.naming(name) else { return Value::Open(span) };
        let own = naming.kind.rsplit("::").next().unwrap_or_default();
        let is = |what: &str| {
            attribute
                .strip_suffix(what)
                .is_some_and(|before| before.is_empty() || own.ends_with(before))
        };
        if is("Arn") && !naming.arn.is_empty() {
            self.named(naming.arn, naming, resource, name, span)
        } else if is("Name") && !naming.property.is_empty() {
            self.named("{}", naming, resource, name, span)
        } else {
            match naming.reference {
                Reference::Text(pattern) if is("Id") || is("Url") => {
                    self.named(pattern, naming, resource, name, span)
                }
                _ => Value::Open(span),
            }
        }
    }

    fn naming(&self, name: &str) -> Option<(&'static Naming, &'f Json<'f>)> {
        let resource = *self.template.resources.get(name)?;
        let kind = resource.get("Type")?.text()?;
        Some((NAMINGS.iter().find(|naming| naming.kind == kind)?, resource))
    }

    /// A text around the name of a resource.
    fn named(
        &mut self,
        pattern: &str,
        naming: &Naming,
        resource: &Json<'_>,
        logical: &str,
        span: Span,
    ) -> Value {
        let given = resource.get("Properties").and_then(|all| all.get(naming.property));
        let (name, is_open) = match given {
            _ if !pattern.contains("{}") => (String::new(), false),
            Some(_) if self.depth >= DEEPEST => ("open".to_owned(), true),
            Some(given) => {
                self.depth += 1;
                let name = self.value(given).into_text();
                self.depth -= 1;
                name.map_or(("open".to_owned(), true), |name| (name.text, !name.open.is_empty()))
            }
            // A name that is made starts with the stack's and the resource's; buckets' are in small letters.
            None if naming.kind.starts_with("AWS::S3") => (logical.to_ascii_lowercase(), false),
            None => (logical.to_owned(), false),
        };
        let text = pattern.replace("{}", &name);
        if !self.has_room_for(text.len()) {
            return Value::Open(span);
        }
        Value::Text(if is_open { Text::open(text, span) } else { Text::made(text, span) })
    }
}

/// AWS: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>
fn parameter_default(parameter: &Json<'_>, span: Span) -> Option<Value> {
    let kind = parameter.get("Type").and_then(Json::text).unwrap_or("String");
    // The default names the parameter of Systems Manager that holds the value.
    if kind.starts_with("AWS::SSM::Parameter::Value") {
        return None;
    }
    let default = match &parameter.get("Default")?.value {
        JsonValue::String(text) => text.to_string(),
        JsonValue::Number(text) => (*text).to_owned(),
        JsonValue::Bool(value) => value.to_string(),
        _ => return None,
    };
    if kind == "CommaDelimitedList" || kind.starts_with("List<") {
        let items = default.split(',').map(|item| Value::Text(Text::made(item.trim(), span)));
        return Some(Value::List(items.collect(), span));
    }
    Some(Value::Text(Text::made(default, span)))
}
