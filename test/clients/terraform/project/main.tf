# A project, and a private link in it.
terraform {
  required_providers {
    mongodbatlas = {
      source  = "mongodb/mongodbatlas"
      version = "2.16.0"
    }
  }
}

variable "org_id" {
  type = string
}

variable "name" {
  type = string
}

provider "mongodbatlas" {}

resource "mongodbatlas_project" "this" {
  name   = var.name
  org_id = var.org_id
}

resource "mongodbatlas_stream_privatelink_endpoint" "link" {
  project_id          = mongodbatlas_project.this.id
  provider_name       = "AZURE"
  vendor              = "EVENTHUB"
  region              = "eastus2"
  dns_domain          = "orders.servicebus.windows.net"
  service_endpoint_id = "/subscriptions/3f1e6a52-7c0b-4d8f-9a64-b1d25c7e8f90/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/orders"
}

data "mongodbatlas_project" "by_id" {
  project_id = mongodbatlas_project.this.id
}

data "mongodbatlas_project" "by_name" {
  name       = mongodbatlas_project.this.name
  depends_on = [mongodbatlas_project.this]
}

output "by_name" {
  value = data.mongodbatlas_project.by_name.id == data.mongodbatlas_project.by_id.id
}
