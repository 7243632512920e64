# One private link, for what can go wrong with it; a second of the same target if asked for.
terraform {
  required_providers {
    mongodbatlas = {
      source  = "mongodb/mongodbatlas"
      version = "2.16.0"
    }
  }
}

variable "project_id" {
  type = string
}

variable "links" {
  type    = number
  default = 1
}

provider "mongodbatlas" {}

resource "mongodbatlas_stream_privatelink_endpoint" "link" {
  count               = var.links
  project_id          = var.project_id
  provider_name       = "AWS"
  vendor              = "S3"
  region              = "us-west-2"
  service_endpoint_id = "com.amazonaws.us-west-2.s3"
}

output "state" {
  value = mongodbatlas_stream_privatelink_endpoint.link[0].state
}

output "error_message" {
  value = mongodbatlas_stream_privatelink_endpoint.link[0].error_message
}
