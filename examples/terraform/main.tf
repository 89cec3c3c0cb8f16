# An IAM role for the pods of Argo Workflows, with the least policy and trust that they need.
# One plan is enough: leastwise answers while Terraform plans, offline and in milliseconds.

terraform {
  required_version = ">= 1.3"
  required_providers {
    aws      = { source = "hashicorp/aws", version = ">= 5.0" }
    external = { source = "hashicorp/external", version = ">= 2.3" }
  }
}

data "external" "argo" {
  program = ["leastwise", "terraform-external"]

  # Every value is a string; lists and objects are JSON text.
  query = {
    consumer         = "argo-workflows"
    consumer_version = var.argo_version
    bucket           = var.bucket
    key_format       = var.key_format
    components       = jsonencode(["workflow-pod"])
    account          = var.account
    irsa_issuer      = var.oidc_issuer
    service_accounts = jsonencode(["argo/default"])
  }
}

resource "aws_iam_role" "argo" {
  name               = "argo-artifacts"
  assume_role_policy = data.external.argo.result.trust_policy
}

resource "aws_iam_role_policy" "argo" {
  name   = "artifacts"
  role   = aws_iam_role.argo.id
  policy = data.external.argo.result.policy
}

# What leastwise warns about fails the plan's check, not the apply.
check "leastwise_warnings" {
  assert {
    condition     = data.external.argo.result.warnings == ""
    error_message = data.external.argo.result.warnings
  }
}
