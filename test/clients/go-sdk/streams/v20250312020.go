//go:build v20250312020

package main

import (
	"context"
	"net/http"

	"go.mongodb.org/atlas-sdk/v20250312020/admin"
)

type (
	client = admin.APIClient
	link   = admin.StreamsPrivateLinkConnection
	option = admin.ClientModifier
)

var (
	newClient   = admin.NewClient
	useBaseURL  = admin.UseBaseURL
	useDigest   = admin.UseDigestAuth
	useOAuth    = admin.UseOAuthAuth
	asError     = admin.AsError
	isErrorCode = admin.IsErrorCode
	newLink     = func() *link { return &link{} }
)

func deleteLink(ctx context.Context, client *client, project, id string) (*http.Response, error) {
	return client.StreamsApi.DeletePrivateLinkConnection(ctx, project, id).Execute()
}

func countProjects(ctx context.Context, client *client) (int, error) {
	projects, _, err := client.ProjectsApi.ListGroups(ctx).Execute()
	return projects.GetTotalCount(), err
}
