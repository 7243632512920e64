//go:build v20241113005

package main

import (
	"context"
	"net/http"

	"go.mongodb.org/atlas-sdk/v20241113005/admin"
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
	_, response, err := client.StreamsApi.DeletePrivateLinkConnection(ctx, project, id).Execute()
	return response, err
}

func countProjects(ctx context.Context, client *client) (int, error) {
	projects, _, err := client.ProjectsApi.ListProjects(ctx).Execute()
	return projects.GetTotalCount(), err
}
