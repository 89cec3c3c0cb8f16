variable "bucket" {
  description = "The bucket of the artifact repository."
  type        = string
}

variable "key_format" {
  description = "The repository's keyFormat."
  type        = string
  default     = "{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}"
}

variable "argo_version" {
  description = "The deployed version of Argo Workflows."
  type        = string
  default     = "3.7"
}

variable "account" {
  description = "The account of the role: 12 digits."
  type        = string
}

variable "oidc_issuer" {
  description = "The cluster's OIDC issuer, https://oidc.eks.REGION.amazonaws.com/id/ID."
  type        = string
}
