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

# A link of AZURE CONFLUENT instead. Atlas needs azureResourceIds for it, which the provider cannot send.
variable "azure_confluent" {
  type    = bool
  default = false
}

provider "mongodbatlas" {}

resource "mongodbatlas_stream_privatelink_endpoint" "link" {
  count               = var.links
  project_id          = var.project_id
  provider_name       = var.azure_confluent ? "AZURE" : "AWS"
  vendor              = var.azure_confluent ? "CONFLUENT" : "S3"
  region              = var.azure_confluent ? "eastus2" : "us-west-2"
  service_endpoint_id = var.azure_confluent ? "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateLinkServices/az1" : "com.amazonaws.us-west-2.s3"
  dns_domain          = var.azure_confluent ? "n4v8c1tybd.eastus2.azure.confluent.cloud" : null
}

output "state" {
  value = mongodbatlas_stream_privatelink_endpoint.link[0].state
}

output "error_message" {
  value = mongodbatlas_stream_privatelink_endpoint.link[0].error_message
}
