use super::*;

fn key(name: &str) -> Option<(&'static str, KeyScope, String)> {
    let fact = Catalogue::embedded().condition_key(name)?;
    let types: Vec<&str> = fact.types().map(ValueType::word).collect();
    Some((fact.name, fact.scope, types.join(",")))
}

/// Read by hand from AWS's pages on condition keys.
#[test]
fn golden_facts_of_keys() {
    use KeyScope::{Global, Issuer, Service, Session};
    for (asked, name, scope, types) in [
        ("aws:SourceIp", "aws:SourceIp", Global, "IPAddress"),
        ("aws:sourcevpce", "aws:SourceVpce", Global, "String"),
        ("aws:SecureTransport", "aws:SecureTransport", Global, "Bool"),
        ("aws:CurrentTime", "aws:CurrentTime", Global, "Date"),
        ("aws:EpochTime", "aws:EpochTime", Global, "Date,Numeric"),
        ("aws:MultiFactorAuthAge", "aws:MultiFactorAuthAge", Global, "Numeric"),
        ("aws:PrincipalArn", "aws:PrincipalArn", Global, "ARN"),
        ("aws:PrincipalOrgID", "aws:PrincipalOrgID", Global, "String"),
        ("aws:PrincipalOrgPaths", "aws:PrincipalOrgPaths", Global, "ArrayOfString"),
        ("aws:SourceArn", "aws:SourceArn", Global, "ARN"),
        ("aws:CalledVia", "aws:CalledVia", Global, "ArrayOfString"),
        ("aws:TagKeys", "aws:TagKeys", Global, "ArrayOfString"),
        ("aws:PrincipalTag/team", "aws:PrincipalTag/${TagKey}", Global, "String"),
        ("AWS:RESOURCETAG/a/b:c", "aws:ResourceTag/${TagKey}", Global, "String"),
        ("s3:prefix", "s3:prefix", Service, "String"),
        ("s3:max-keys", "s3:max-keys", Service, "Numeric"),
        ("s3:x-amz-acl", "s3:x-amz-acl", Service, "String"),
        ("s3:signatureAge", "s3:signatureAge", Service, "Numeric"),
        ("s3:TlsVersion", "s3:TlsVersion", Service, "Numeric"),
        ("iam:PassedToService", "iam:PassedToService", Service, "String"),
        ("iam:PermissionsBoundary", "iam:PermissionsBoundary", Service, "ARN"),
        ("iam:AWSServiceName", "iam:AWSServiceName", Service, "String"),
        ("sts:ExternalId", "sts:ExternalId", Service, "String"),
        ("sts:RoleSessionName", "sts:RoleSessionName", Service, "String"),
        ("sts:TransitiveTagKeys", "sts:TransitiveTagKeys", Service, "ArrayOfString"),
        ("kms:ViaService", "kms:ViaService", Service, "String"),
        ("kms:EncryptionContextKeys", "kms:EncryptionContextKeys", Service, "ArrayOfString"),
        ("kms:GrantIsForAWSResource", "kms:GrantIsForAWSResource", Service, "Bool"),
        ("dynamodb:LeadingKeys", "dynamodb:LeadingKeys", Service, "ArrayOfString"),
        ("dynamodb:Attributes", "dynamodb:Attributes", Service, "ArrayOfString"),
        ("lambda:VpcIds", "lambda:VpcIds", Service, "String"),
        ("lambda:SubnetIds", "lambda:SubnetIds", Service, "ArrayOfString"),
        ("ec2:InstanceType", "ec2:InstanceType", Service, "String"),
        ("lambda:SourceFunctionArn", "lambda:SourceFunctionArn", Session, "ARN"),
        ("saml:aud", "saml:aud", Issuer, "String"),
        ("accounts.google.com:sub", "accounts.google.com:sub", Issuer, "String"),
    ] {
        assert_eq!(key(asked), Some((name, scope, types.to_owned())), "{asked}");
    }
}

/// Trap: AWS's pages write the open part of a key in four ways, and some have it in the middle.
#[test]
fn open_parts_are_written_one_way() {
    for (asked, name) in [
        ("secretsmanager:ResourceTag/team", "secretsmanager:ResourceTag/${TagKey}"),
        ("ssm:resourceTag/team", "ssm:resourceTag/${TagKey}"),
        ("s3:ExistingObjectTag/team", "s3:ExistingObjectTag/${key}"),
        ("s3-outposts:RequestObjectTag/x", "s3-outposts:RequestObjectTag/${key}"),
        ("ecr:ResourceTag/team", "ecr:ResourceTag/${TagKey}"),
        ("kms:EncryptionContext:app", "kms:EncryptionContext:${EncryptionContextKey}"),
        ("kms:EncryptionContext:aws:s3:arn", "kms:EncryptionContext:${EncryptionContextKey}"),
        (
            "codebuild:secondarySources/a.auth.type",
            "codebuild:secondarySources/${sourceIdentifier}.auth.type",
        ),
        ("events:Metadata/colour", "events:Metadata/${MetadataKey}"),
        ("events:Metadata/colour/Matcher", "events:Metadata/${MetadataKey}/Matcher"),
        ("agent.acme.buildkite.dev:cluster_id", "agent.${Domain}.buildkite.dev:cluster_id"),
    ] {
        assert_eq!(key(asked).map(|(name, ..)| name), Some(name), "{asked}");
    }
    for key in Catalogue::embedded().condition_keys() {
        let plain = key.name.replace("${", "").replace('}', "");
        assert!(!plain.contains(['<', '>', '$', '{', '*']), "{}", key.name);
        assert!(!key.name.ends_with("/tag-key") && !key.name.ends_with("/key"), "{}", key.name);
    }
}

#[test]
fn what_is_no_key_is_not_found() {
    for name in [
        "",
        ":",
        "aws:",
        "aws:SourceIP4",
        "aws:PrincipalTag",
        "aws:PrincipalTag/",
        "aws:PrincipalTag/é\u{301}:x/",
        "s3:Bucket",
        "SourceIp",
        "codebuild:secondarySources/.auth.type",
        "codebuild:secondarySources/a.auth.kind",
        "oidc:sub",
        "oidc.example.com:",
        "oidc.example.com",
        ".:sub",
        "a b.c:sub",
    ] {
        let found = key(name);
        assert!(found.is_none() || name == "aws:PrincipalTag/é\u{301}:x/", "{name}: {found:?}");
    }
}

/// Trap: keys of issuers are in no list.
#[test]
fn claims_of_issuers_follow_a_rule() {
    let eks = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";
    for (claim, name, many) in [
        ("sub", "${Issuer}:sub", Some(false)),
        ("aud", "${Issuer}:aud", Some(false)),
        ("amr", "${Issuer}:amr", Some(true)),
        ("groups", "${Issuer}:${Claim}", None),
    ] {
        let fact = Catalogue::embedded().condition_key(&format!("{eks}:{claim}")).unwrap();
        assert_eq!((fact.name, fact.scope), (name, KeyScope::Issuer));
        assert_eq!(fact.is_multivalued(), many, "{claim}");
    }
    // GitHub's, with a claim that only it has.
    let github = key("token.actions.githubusercontent.com:job_workflow_ref").unwrap();
    assert_eq!(github.0, "token.actions.githubusercontent.com:job_workflow_ref");
}

#[test]
fn how_many_values_a_request_carries() {
    let many = |key| Catalogue::embedded().is_multivalued(key);
    for key in ["aws:TagKeys", "aws:CalledVia", "dynamodb:Attributes", "kms:EncryptionContextKeys"]
    {
        assert_eq!(many(key), Some(true), "{key}");
    }
    for key in ["aws:SourceIp", "aws:EpochTime", "s3:prefix", "aws:PrincipalTag/a", "saml:sub"] {
        assert_eq!(many(key), Some(false), "{key}");
    }
    // AWS's pages differ, or say nothing.
    for key in ["identitystore:UserId", "oidc.example.com:groups", "aws:Nothing"] {
        assert_eq!(many(key), None, "{key}");
    }
    // AWS: amr is multivalued: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    assert_eq!(many("cognito-identity.amazonaws.com:amr"), Some(true));
}

#[test]
fn all_keys_and_the_global_ones() {
    let catalogue = Catalogue::embedded();
    assert_eq!(catalogue.condition_keys().len(), 1_628);
    let global: Vec<&str> = catalogue.global_keys().map(|key| key.name).collect();
    assert_eq!(global.len(), 59);
    assert!(global.contains(&"aws:SourceVpce") && global.contains(&"ec2:RoleDelivery"));
    assert!(!global.contains(&"s3:prefix"));
    for key in catalogue.condition_keys() {
        assert!(key.types().count() > 0, "{}", key.name);
        assert_eq!(catalogue.condition_key(key.name), Some(key));
    }
}

#[test]
fn value_types_are_words() {
    for one in ValueType::ALL {
        assert_eq!(one.word().parse(), Ok(one));
        assert_eq!(one.is_multivalued(), one.word().starts_with("ArrayOf"));
        assert!(!one.element().is_multivalued());
    }
    assert_eq!("Text".parse::<ValueType>(), Err(UnknownValueType));
}

#[test]
fn an_open_part_is_never_empty() {
    for (pattern, text, expected) in [
        ("a", "A", true),
        ("a/${b}", "a/", false),
        ("a/${b}", "a/x", true),
        ("a/${b}", "b/x", false),
        ("a/${b}.c", "a/x.y.C", true),
        ("a/${b}.c", "a/.c", false),
        ("a/${b}.c/${d}", "a/x.c/y", true),
        ("a/${b}.c/${d}", "a/x.c/", false),
        ("a/${b}", "a/é", true),
        ("aé", "a", false),
        ("a${b", "a${b", true),
    ] {
        assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
    }
}
