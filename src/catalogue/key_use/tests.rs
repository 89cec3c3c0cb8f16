use super::*;

fn catalogue() -> &'static Catalogue {
    Catalogue::embedded()
}

fn id(action: &str) -> ActionId {
    catalogue().find(action).unwrap_or_else(|| panic!("{action}"))
}

fn has(action: &str, key: &str) -> bool {
    catalogue().keys(id(action)).iter().any(|fact| fact.name == key)
}

/// Read by hand from the pages of the Service Authorization Reference; `!` marks a key that the
/// action does not have.
#[test]
fn golden_facts_of_the_keys_of_actions() {
    for line in "
        s3:ListBucket s3:prefix s3:delimiter s3:max-keys aws:ResourceTag/${TagKey} s3:AccessPointNetworkOrigin
        s3:ListBucketVersions s3:prefix s3:max-keys
        s3:GetObject s3:ExistingObjectTag/${key} s3:DataAccessPointArn !s3:prefix !s3:x-amz-acl !s3:versionid
        s3:GetObjectVersion s3:versionid !s3:prefix
        s3:PutObject s3:x-amz-acl s3:x-amz-server-side-encryption s3:x-amz-storage-class !s3:prefix
        s3:PutObjectTagging s3:RequestObjectTag/${key} s3:RequestObjectTagKeys
        s3:DeleteObject s3:authType !s3:prefix
        s3:CreateBucket s3:locationconstraint s3:x-amz-acl
        iam:PassRole iam:PassedToService iam:AssociatedResourceArn aws:ResourceTag/${TagKey} iam:ResourceTag/${TagKey}
        iam:CreateServiceLinkedRole iam:AWSServiceName
        iam:CreateRole iam:PermissionsBoundary aws:RequestTag/${TagKey} aws:TagKeys
        iam:AttachRolePolicy iam:PolicyARN iam:PermissionsBoundary
        sts:AssumeRole sts:ExternalId sts:RoleSessionName sts:SourceIdentity aws:RequestTag/${TagKey} !iam:PassedToService
        sts:AssumeRoleWithWebIdentity token.actions.githubusercontent.com:job_workflow_ref cognito-identity.amazonaws.com:aud
        sts:AssumeRoleWithSAML saml:aud saml:sub
        kms:Decrypt kms:ViaService kms:CallerAccount kms:EncryptionContext:${EncryptionContextKey} kms:RequestAlias aws:ResourceTag/${TagKey}
        kms:CreateGrant kms:GrantIsForAWSResource kms:GrantOperations kms:GranteePrincipal
        kms:CreateKey kms:KeyUsage kms:BypassPolicyLockoutSafetyCheck
        dynamodb:Query dynamodb:LeadingKeys dynamodb:Select dynamodb:Attributes
        dynamodb:GetItem dynamodb:LeadingKeys dynamodb:Attributes
        dynamodb:ListTables !dynamodb:LeadingKeys
        eks:CreateCluster aws:RequestTag/${TagKey} eks:bootstrapClusterCreatorAdminPermissions
        eks:CreateAccessEntry eks:principalArn eks:kubernetesGroups
        eks:DescribeCluster aws:ResourceTag/${TagKey} !eks:principalArn
        ecr:BatchGetImage aws:ResourceTag/${TagKey} ecr:ResourceTag/${TagKey}
        ecr:GetAuthorizationToken !aws:ResourceTag/${TagKey}
        lambda:CreateFunction lambda:VpcIds lambda:SubnetIds lambda:Layer
        lambda:AddPermission lambda:Principal lambda:FunctionUrlAuthType
        lambda:InvokeFunction lambda:InvokedViaFunctionUrl lambda:EventSourceToken
        ec2:RunInstances ec2:InstanceType ec2:MetadataHttpTokens ec2:Subnet aws:RequestTag/${TagKey} ec2:Vpc
        ec2:CreateTags ec2:CreateAction aws:TagKeys
        ec2:DescribeInstances ec2:Region !ec2:ResourceTag/${TagKey} !aws:ResourceTag/${TagKey}
        ec2:TerminateInstances ec2:ResourceTag/${TagKey} ec2:InstanceType
        secretsmanager:GetSecretValue secretsmanager:ResourceTag/${TagKey} secretsmanager:VersionStage
        ssm:GetParameter ssm:resourceTag/${TagKey}
        sns:Subscribe sns:Protocol sns:Endpoint
        sqs:SendMessage aws:ResourceTag/${TagKey}
        logs:PutLogEvents aws:ResourceTag/${TagKey}
        events:PutRule events:detail-type events:source
        "
    .lines()
    .map(str::trim)
    .filter(|line| !line.is_empty())
    {
        let mut words = line.split(' ');
        let action = words.next().unwrap();
        for word in words {
            match word.strip_prefix('!') {
                Some(key) => assert!(!has(action, key), "{action} has {key}"),
                None => assert!(has(action, word), "{action} has not {word}"),
            }
        }
    }
}

/// Trap: the keys of a resource type are those of every action on it.
#[test]
fn keys_of_types_are_keys_of_their_actions() {
    let list = id("s3:ListBucket");
    let own: Vec<&str> = catalogue().own_sets(list).0.split(',').collect();
    assert!(!own.is_empty());
    assert!(!catalogue().set_keys(own[0]).any(|key| key.starts_with("aws:ResourceTag")));
    assert!(has("s3:ListBucket", "aws:ResourceTag/${TagKey}"));
    let changed = catalogue().actions().filter(|id| {
        let own = catalogue().own_sets(*id).0;
        catalogue().keys(*id).len() != catalogue().set_keys(own).count()
    });
    assert!(changed.count() > 11_000);
    // On one type only.
    let on = |kind: &str| {
        let keys = catalogue().keys_on(list, kind);
        keys.iter().any(|key| key.name == "s3:AccessPointNetworkOrigin")
    };
    assert!(on("accesspoint") && on("AccessPoint") && !on("bucket") && !on("nothing"));
    let bucket = catalogue().resource_type("s3", "bucket").unwrap();
    let names: Vec<&str> = catalogue().type_keys(bucket).iter().map(|key| key.name).collect();
    assert_eq!(names, ["aws:ResourceTag/${TagKey}", "s3:BucketTag/${TagKey}"]);
}

#[test]
fn whether_a_key_applies() {
    use KeyUse::{Applies, NeverApplies, Unknown};
    for (action, key, expected) in [
        ("s3:ListBucket", "s3:prefix", Applies),
        ("s3:ListBucket", "S3:PREFIX", Applies),
        ("s3:GetObject", "s3:prefix", NeverApplies),
        ("s3:GetObject", "s3:ExistingObjectTag/team", Applies),
        ("s3:ListBucket", "s3:ExistingObjectTag/team", NeverApplies),
        ("s3:GetObject", "kms:ViaService", NeverApplies),
        ("kms:Decrypt", "kms:ViaService", Applies),
        ("kms:Decrypt", "kms:EncryptionContext:aws:s3:arn", Applies),
        ("iam:PassRole", "iam:PassedToService", Applies),
        ("iam:GetRole", "iam:PassedToService", NeverApplies),
        // Those of all services.
        ("s3:GetObject", "aws:SourceVpce", Applies),
        ("ec2:DescribeInstances", "aws:PrincipalOrgID", Applies),
        ("iam:ListRoles", "aws:PrincipalTag/team", Applies),
        // Tags: only where something has them.
        ("ec2:DescribeInstances", "aws:ResourceTag/team", NeverApplies),
        ("ec2:DescribeInstances", "ec2:ResourceTag/team", NeverApplies),
        ("ec2:TerminateInstances", "aws:ResourceTag/team", Applies),
        ("s3:GetObject", "aws:RequestTag/team", NeverApplies),
        ("ec2:RunInstances", "aws:RequestTag/team", Applies),
        ("sts:AssumeRole", "aws:TagKeys", Applies),
        ("s3:PutObject", "aws:TagKeys", Unknown),
        // Trap: what a session carries goes with every action.
        ("s3:GetObject", "lambda:SourceFunctionArn", Applies),
        ("s3:GetObject", "ec2:SourceInstanceARN", Applies),
        ("s3:GetObject", "ec2:RoleDelivery", Applies),
        ("s3:GetObject", "glue:RoleAssumedBy", Applies),
        ("s3:GetObject", "glue:CredentialIssuingService", Applies),
        ("s3:GetObject", "ssm:SourceInstanceARN", Applies),
        ("s3:GetObject", "cognito-identity.amazonaws.com:sub", Applies),
        ("s3:GetObject", "oidc.eks.eu-west-1.amazonaws.com/id/X:sub", Applies),
        ("s3:GetObject", "saml:namequalifier", Applies),
        ("s3:GetObject", "aws:Nothing", Unknown),
        ("s3:GetObject", "nothing", Unknown),
    ] {
        assert_eq!(catalogue().key_applies(id(action), key), expected, "{action} {key}");
    }
}

#[test]
fn the_actions_that_list_a_key() {
    let with = |key: &str| {
        let key = catalogue().condition_key(key).unwrap();
        let ids = catalogue().actions_with(key);
        ids.into_iter().map(|id| catalogue().name(id)).collect::<Vec<_>>()
    };
    assert_eq!(with("s3:prefix"), ["s3:ListBucket", "s3:ListBucketVersions"]);
    assert_eq!(with("aws:SourceVpce"), [""; 0]);
    let tagged = with("aws:ResourceTag/team");
    let listed = |id: &ActionId| {
        catalogue().keys(*id).iter().any(|key| key.name == "aws:ResourceTag/${TagKey}")
    };
    assert_eq!(tagged.len(), catalogue().actions().filter(listed).count());
}

#[test]
fn whether_a_key_applies_to_a_statement() {
    let applies = |patterns: &[&str], key: &str| {
        let ranges = patterns.iter().flat_map(|one| catalogue().expand_text(one).unwrap());
        catalogue().key_applies_to(ranges.flatten().map(ActionId), key)
    };
    assert_eq!(applies(&["s3:*"], "s3:prefix"), KeyUse::Applies);
    assert_eq!(applies(&["s3:Get*"], "s3:prefix"), KeyUse::NeverApplies);
    assert_eq!(applies(&["s3:GetObject", "s3:ListBucket"], "s3:prefix"), KeyUse::Applies);
    assert_eq!(applies(&["s3:GetObject", "s3:PutObject"], "aws:TagKeys"), KeyUse::Unknown);
    assert_eq!(applies(&["ec2:*"], "s3:prefix"), KeyUse::NeverApplies);
    assert_eq!(applies(&["nothing:*"], "s3:prefix"), KeyUse::Unknown);
}

/// Every set that is named is there, and every key of every set.
#[test]
fn every_reference_resolves() {
    let catalogue = catalogue();
    let mut used = std::collections::BTreeSet::new();
    for id in catalogue.actions() {
        for set in catalogue.sets(id).filter(|set| !set.is_empty()) {
            used.insert(set);
        }
        assert!(catalogue.keys(id).is_sorted_by(|a, b| a < b));
    }
    for kind in catalogue.services().flat_map(|service| catalogue.resource_types_of(service)) {
        used.insert(kind.key_set());
    }
    used.remove("");
    for set in &used {
        assert!(catalogue.set_keys(set).count() > 0, "{set}");
        assert!(catalogue.set_keys(set).all(|key| catalogue.condition_key(key).is_some()));
    }
    assert_eq!(used.len(), catalogue.set_lines().len() as usize);
}
