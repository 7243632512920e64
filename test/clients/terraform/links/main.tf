# A private link for each provider and vendor that Terraform can create, read back by both data sources.
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

# Left out at first, and set later: an update in place. All else replaces.
variable "dns_domain" {
  type    = string
  default = null
}

# Credentials and address come from the environment.
provider "mongodbatlas" {}

locals {
  subscription = "/subscriptions/3f1e6a52-7c0b-4d8f-9a64-b1d25c7e8f90/resourceGroups/rg/providers"
  confluent    = "k7m2qxw9pz.us-east-1.aws.private.confluent.cloud"
  links = {
    aws_confluent = {
      provider_name       = "AWS"
      vendor              = "CONFLUENT"
      region              = "us-east-1"
      service_endpoint_id = "com.amazonaws.vpce.us-east-1.vpce-svc-0f3c9a1b2d4e5f607"
      dns_domain          = local.confluent
      dns_sub_domain      = ["use1-az4.${local.confluent}", "use1-az1.${local.confluent}"]
    }
    aws_confluent_updated = {
      provider_name       = "AWS"
      vendor              = "CONFLUENT"
      region              = "us-east-1"
      service_endpoint_id = "com.amazonaws.vpce.us-east-1.vpce-svc-1a2b3c4d5e6f70819"
      dns_domain          = var.dns_domain
    }
    aws_msk = {
      provider_name = "AWS"
      vendor        = "MSK"
      arn           = "arn:aws:kafka:eu-west-1:123456789012:cluster/orders/5d1c0f7e-8a43-4b1d-9c55-2f6f0d9f7b31-4"
    }
    aws_s3 = {
      provider_name       = "AWS"
      vendor              = "S3"
      region              = "us-east-1"
      service_endpoint_id = "com.amazonaws.us-east-1.s3"
    }
    aws_kinesis = {
      provider_name       = "AWS"
      vendor              = "KINESIS"
      region              = "us-east-1"
      service_endpoint_id = "com.amazonaws.us-east-1.kinesis-streams"
    }
    aws_lambda = {
      provider_name       = "AWS"
      vendor              = "LAMBDA"
      region              = "eu-central-1"
      service_endpoint_id = "com.amazonaws.eu-central-1.lambda"
    }
    azure_eventhub = {
      provider_name       = "AZURE"
      vendor              = "EVENTHUB"
      region              = "eastus2"
      service_endpoint_id = "${local.subscription}/Microsoft.EventHub/namespaces/orders"
      dns_domain          = "orders.servicebus.windows.net"
    }
    azure_blob_storage = {
      provider_name       = "AZURE"
      vendor              = "AZURE_BLOB_STORAGE"
      region              = "eastus2"
      service_endpoint_id = "${local.subscription}/Microsoft.Storage/storageAccounts/ordersarchive"
      dns_domain          = "ordersarchive.blob.core.windows.net"
    }
    gcp_confluent = {
      provider_name           = "GCP"
      vendor                  = "CONFLUENT"
      region                  = "us-central1"
      dns_domain              = "w3r9hj5kfe.us-central1.gcp.confluent.cloud"
      service_attachment_uris = ["projects/p/regions/us-central1/serviceAttachments/b", "projects/p/regions/us-central1/serviceAttachments/a"]
    }
    gcp_pubsub = {
      provider_name = "GCP"
      vendor        = "PUBSUB"
      region        = "us-central1"
    }
  }
}

resource "mongodbatlas_stream_privatelink_endpoint" "link" {
  for_each                = local.links
  project_id              = var.project_id
  provider_name           = each.value.provider_name
  vendor                  = each.value.vendor
  region                  = lookup(each.value, "region", null)
  arn                     = lookup(each.value, "arn", null)
  service_endpoint_id     = lookup(each.value, "service_endpoint_id", null)
  dns_domain              = lookup(each.value, "dns_domain", null)
  dns_sub_domain          = lookup(each.value, "dns_sub_domain", null)
  service_attachment_uris = lookup(each.value, "service_attachment_uris", null)
}

data "mongodbatlas_stream_privatelink_endpoint" "one" {
  for_each   = mongodbatlas_stream_privatelink_endpoint.link
  project_id = var.project_id
  id         = each.value.id
}

data "mongodbatlas_stream_privatelink_endpoints" "all" {
  project_id = var.project_id
  depends_on = [mongodbatlas_stream_privatelink_endpoint.link]
}

output "ids" {
  value = { for name, link in mongodbatlas_stream_privatelink_endpoint.link : name => link.id }
}

output "states" {
  value = distinct([for link in data.mongodbatlas_stream_privatelink_endpoint.one : link.state])
}

output "listed" {
  value = length(data.mongodbatlas_stream_privatelink_endpoints.all.results)
}

output "updated_dns_domain" {
  value = data.mongodbatlas_stream_privatelink_endpoint.one["aws_confluent_updated"].dns_domain
}
