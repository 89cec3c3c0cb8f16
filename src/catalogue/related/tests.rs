use super::*;

fn dependents(action: &str) -> Vec<&'static str> {
    let catalogue = Catalogue::embedded();
    let id = catalogue.find(action).unwrap();
    catalogue.dependents(id).map(|id| catalogue.name(id)).collect()
}

#[test]
fn golden_facts_of_dependent_actions() {
    assert_eq!(dependents("s3:GetObject"), [""; 0]);
    assert_eq!(dependents("s3:CreateJob"), ["iam:PassRole"]);
    for (action, other) in [
        ("lambda:CreateFunction", "iam:PassRole"),
        ("ec2:RunInstances", "iam:PassRole"),
        ("ec2:RunInstances", "ec2:CreateTags"),
        ("s3:PutReplicationConfiguration", "iam:PassRole"),
        ("sagemaker:CreateTrainingJob", "iam:PassRole"),
        ("rds:CreateDBInstance", "kms:CreateGrant"),
        ("ecs:RunTask", "iam:PassRole"),
        ("cloudtrail:CreateTrail", "iam:CreateServiceLinkedRole"),
    ] {
        assert!(dependents(action).contains(&other), "{action} {other}");
    }
    let catalogue = Catalogue::embedded();
    let some = catalogue.actions().filter(|id| catalogue.dependents(*id).next().is_some());
    assert_eq!(some.count(), 1_654);
}

/// Trap: what a few actions require depends on what they are used for.
#[test]
fn scenarios_say_which_types_are_required() {
    let catalogue = Catalogue::embedded();
    let run = catalogue.find("ec2:RunInstances").unwrap();
    let scenarios: Vec<Scenario<'_>> = catalogue.scenarios(run).collect();
    assert_eq!(scenarios.len(), 6);
    let required = |name: &str| {
        let one = scenarios.iter().find(|one| one.name == name).unwrap();
        let types = one.resource_types().filter(|(_, required)| *required);
        types.map(|(kind, _)| kind.name()).collect::<Vec<_>>()
    };
    assert!(required("EC2-VPC-EBS-Subnet").contains(&"subnet"));
    assert!(!required("EC2-VPC-EBS").contains(&"subnet"));
    let with = catalogue.actions().filter(|id| catalogue.scenarios(*id).next().is_some());
    let names: Vec<&str> = with.map(|id| catalogue.name(id)).collect();
    assert_eq!(
        names,
        [
            "cloudwatch:ListTagsForResource",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
            "devicefarm:ScheduleRun",
            "ec2:RunInstances"
        ]
    );
}
