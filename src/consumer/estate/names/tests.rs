use super::*;

#[test]
fn bucket_names() {
    for name in ["acme-argo", "a.b", "123", "my.bucket-1"] {
        assert_eq!(bucket_problem(name), None, "{name}");
    }
    let long = "x".repeat(64);
    for name in [
        "",
        "ab",
        "Acme",
        "acme_argo",
        "-acme",
        "acme-",
        "a..b",
        "192.168.0.1",
        "xn--abc",
        "acme-s3alias",
        "arn:aws:s3:::acme",
        "s3://acme",
        "acme/argo",
        "acme*",
        "büro",
        &long,
    ] {
        assert!(bucket_problem(name).is_some(), "{name}");
    }
}

#[test]
fn roles_by_name_and_by_arn() {
    let account = AccountId::parse("111122223333").ok();
    let read = |text: &str| RoleRef::parse(text, account, Partition::default());
    let arn = |text: &str| read(text).unwrap().arn().unwrap();
    assert_eq!(arn("argo"), "arn:aws:iam::111122223333:role/argo");
    assert_eq!(arn("user/ci"), "arn:aws:iam::111122223333:user/ci");
    for same in ["arn:aws-cn:iam::444455556666:role/a/b/argo", "arn:aws:iam::444455556666:user/x"] {
        assert_eq!(arn(same), same);
    }
    for bad in [
        "",
        "a b",
        "arn:aws:iam::1:role/x",
        "arn:aws:s3:::b",
        "arn:aws:iam::444455556666:group/x",
        "x*",
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn other_names() {
    for (text, fine) in [
        ("argo/default", true),
        ("argo/my.sa", true),
        ("argo", false),
        ("Argo/x", false),
        ("argo/*", false),
        ("a/b/c", false),
    ] {
        assert_eq!(ServiceAccount::parse(text).is_some(), fine, "{text}");
    }
    for (text, fine) in [
        ("eu-west-1", true),
        ("us-gov-west-1", true),
        ("europe", false),
        ("eu-west-", false),
        ("EU-WEST-1", false),
    ] {
        assert_eq!(is_region(text), fine, "{text}");
    }
    for (text, fine) in [
        ("https://oidc.eks.eu-west-1.amazonaws.com/id/EX", true),
        ("https://issuer.example.com", true),
        ("http://issuer.example.com", false),
        ("https://issuer.example.com/", false),
        ("https://a.b/x?y=1", false),
        ("oidc.eks.eu-west-1.amazonaws.com/id/EX", false),
    ] {
        assert_eq!(issuer(text).is_some(), fine, "{text}");
    }
    assert!(cluster_arn("arn:aws:eks:eu-west-1:111122223333:cluster/prod").is_some());
    assert!(
        cluster_arn("arn:aws:eks:eu-west-1:111122223333:podidentityassociation/prod/a-1").is_none()
    );
    assert!(KmsKey::parse("arn:aws:kms:eu-west-1:111122223333:key/mrk-12").is_ok());
    assert!(
        KmsKey::parse("arn:aws:kms:eu-west-1:111122223333:alias/x").unwrap_err().contains("alias")
    );
    assert!(KmsKey::parse("1234").is_err());
}
