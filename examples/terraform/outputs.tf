output "role_arn" {
  description = "For the annotation eks.amazonaws.com/role-arn of the service account."
  value       = aws_iam_role.argo.arn
}

output "policy_sha256" {
  description = "Changes exactly when the policy does."
  value       = data.external.argo.result.sha256
}
