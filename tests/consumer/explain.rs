//! `consumers explain`.

use std::fmt::Write;

use super::{consumers, snapshot};

fn explained(consumer: &str, asked: &str) -> String {
    let mut out = format!("--- {consumer} {asked}\n");
    match consumers().explain(consumer, asked) {
        Err(message) => writeln!(out, "{message}").unwrap(),
        Ok(found) if found.is_empty() => out.push_str("nothing\n"),
        Ok(found) => found.iter().for_each(|e| {
            let through = e.through.as_ref().map(|t| format!(" through {t}")).unwrap_or_default();
            writeln!(
                out,
                "{}{through}: {} {:?} on {}",
                e.component,
                e.calls.join(" "),
                e.why,
                e.on
            )
            .unwrap();
            writeln!(
                out,
                "    {} {:?} {:?} {:?} {:?}",
                e.denied, e.denied_if, e.occurs, e.when, e.versions
            )
            .unwrap();
            for evidence in &e.evidence {
                writeln!(out, "    {evidence}").unwrap();
            }
        }),
    }
    out
}

#[test]
fn explanations() {
    for (consumer, asked) in [
        ("argo-workflows", "s3:ListBucket"),
        ("kubeflow-pipelines", "s3:HeadBucket"),
        ("kratix", "s3:AbortMultipartUpload"),
        ("massdriver", "kms:Decrypt"),
    ] {
        let name = format!("explain-{consumer}-{}", asked.replace(':', "-"));
        snapshot(&name, &explained(consumer, asked));
    }
}

#[test]
fn names_of_all_kinds_and_wrong_ones() {
    let ask = |asked| explained("kratix", asked).split_once('\n').map(|(_, rest)| rest.to_owned());
    assert_eq!(ask("HeadBucket"), ask("s3.HeadBucket"));
    assert_eq!(ask("s3:headbucket"), ask("s3.HeadBucket"));
    assert_eq!(ask("S3:LISTBUCKET"), ask("s3:ListBucket"));
    let wrong = [
        ("kratics", "s3:GetObject"),
        ("kratix", "s3:GetObjects"),
        ("kratix", "x"),
        ("kratix", "s3:PutObjectAcl"),
    ];
    let text: String = wrong.iter().map(|(consumer, asked)| explained(consumer, asked)).collect();
    snapshot("explain-mistakes", &text);
}
