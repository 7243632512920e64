// Every private link operation with a release of the SDK, with a service account and with a key pair, and its errors.
// The release is chosen by a build tag: see the files beside this one.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"clients/go-sdk/check"
)

var ctx = context.Background()

func main() {
	// UseBaseURL comes first: UseOAuthAuth takes the address of the token endpoint from what is set by then.
	account := connect(useOAuth(ctx, check.ClientID, check.ClientSecret))
	key := connect(useDigest(check.PublicKey, check.PrivateKey))
	life("service account", account)
	life("key", key)
	refusals(account)
	wrongSecret := connect(useOAuth(ctx, check.ClientID, "wrong"))
	_, _, err := wrongSecret.StreamsApi.ListPrivateLinkConnections(ctx, check.Project).Execute()
	check.That("a wrong secret: invalid_client", err != nil && strings.Contains(err.Error(), "invalid_client"), err)
	check.End()
}

func connect(credentials option) *client {
	connected, err := newClient(useBaseURL(check.BaseURL), credentials)
	check.That("a client", err == nil, err)
	return connected
}

func linkPath(id string) string {
	return "/api/atlas/v2/groups/" + check.Project + "/streams/privateLinkConnections/" + id
}

func wanted() *link {
	body := newLink()
	body.SetProvider("AWS")
	body.SetVendor("S3")
	body.SetRegion("us-east-1")
	body.SetServiceEndpointId("com.amazonaws.us-east-1.s3")
	return body
}

func life(kind string, client *client) {
	that := func(title string, held bool, seen ...any) { check.That(kind+": "+title, held, seen...) }
	streams := client.StreamsApi

	created, _, err := streams.CreatePrivateLinkConnection(ctx, check.Project, wanted()).Execute()
	that("create", err == nil && len(created.GetId()) == 24, err)
	id := created.GetId()
	got, _, err := streams.GetPrivateLinkConnection(ctx, check.Project, id).Execute()
	that("get: as sent", err == nil && got.GetServiceEndpointId() == "com.amazonaws.us-east-1.s3", err)
	if !check.Observed {
		that("get: PENDING", got.GetState() == "PENDING", got.GetState())
		check.Control("/clock/advance", `{"by":"2s"}`)
		got, _, err = streams.GetPrivateLinkConnection(ctx, check.Project, id).Execute()
	}
	that("get: DONE", err == nil && got.GetState() == "DONE", err, got.GetState())
	list, _, err := streams.ListPrivateLinkConnections(ctx, check.Project).Execute()
	that("list", err == nil && list.GetTotalCount() == 1 && list.GetResults()[0].GetId() == id, err)
	projects, err := countProjects(ctx, client)
	that("projects", err == nil && projects > 0, err)
	account, _, err := streams.GetAccountDetails(ctx, check.Project).CloudProvider("aws").RegionName("US_EAST_1").Execute()
	that("account details", err == nil && account.GetAwsAccountId() != "", err)

	// Typed only in later releases.
	status, text := check.Send(client.GetConfig().HTTPClient, "PATCH", linkPath(id),
		"application/vnd.atlas.2025-03-12+json", `{"dnsDomain":"s3.example.com"}`)
	that("update", status == 200, status, text)
	got, _, err = streams.GetPrivateLinkConnection(ctx, check.Project, id).Execute()
	that("get: as updated", err == nil && got.GetDnsDomain() == "s3.example.com", err)

	response, err := deleteLink(ctx, client, check.Project, id)
	that("delete: 202", err == nil && response.StatusCode == 202, err)
	_, response, err = streams.GetPrivateLinkConnection(ctx, check.Project, id).Execute()
	that("get, once it is gone: 404", err != nil && response.StatusCode == 404, err)
}

// One refusal, and what it is called in each profile.
type refusal struct {
	title                string
	documented, observed expectation
	call                 func() (*http.Response, error)
}

type expectation struct {
	status int
	code   string
}

func refusals(owner *client) {
	reader := connect(useDigest(os.Getenv("READER_PUBLIC_KEY"), os.Getenv("READER_PRIVATE_KEY")))
	wrong := connect(useDigest(check.PublicKey, "wrong"))
	create := func(client *client, project string, body *link) func() (*http.Response, error) {
		return func() (*http.Response, error) {
			_, response, err := client.StreamsApi.CreatePrivateLinkConnection(ctx, project, body).Execute()
			return response, err
		}
	}
	get := func(client *client, id string) func() (*http.Response, error) {
		return func() (*http.Response, error) {
			_, response, err := client.StreamsApi.GetPrivateLinkConnection(ctx, check.Project, id).Execute()
			return response, err
		}
	}
	unknownProvider := wanted()
	unknownProvider.SetProvider("NONE")
	incomplete := wanted()
	incomplete.ServiceEndpointId = nil
	nowhere := "ffffffffffffffffffffffff"
	_, err := create(owner, check.Project, wanted())()
	check.That("a first link of the same target", err == nil, err)
	fault := func(answer string) func() (*http.Response, error) {
		return func() (*http.Response, error) {
			check.Control("/faults", `{"times":1,`+answer+`}`)
			return get(owner, nowhere)()
		}
	}

	for _, refusal := range []refusal{
		{"an unknown provider", expectation{400, "VALIDATION_ERROR"}, expectation{400, "INVALID_PROVIDER"},
			create(owner, check.Project, unknownProvider)},
		{"a field that is missing", expectation{400, "VALIDATION_ERROR"}, expectation{400, "MISSING_ATTRIBUTE"},
			create(owner, check.Project, incomplete)},
		{"a wrong key", expectation{401, "NOT_ORG_GROUP_CREATOR"}, expectation{401, "UNEXPECTED_ERROR"},
			get(wrong, nowhere)},
		{"a reader's create", expectation{403, "CANNOT_CHANGE_GROUP_NAME"}, expectation{401, "USER_UNAUTHORIZED"},
			create(reader, check.Project, wanted())},
		{"an unknown link", expectation{404, "RESOURCE_NOT_FOUND"},
			expectation{404, "RESOURCE_NOT_FOUND"},
			get(owner, nowhere)},
		{"an unknown project", expectation{404, "RESOURCE_NOT_FOUND"}, expectation{404, "GROUP_NOT_FOUND"},
			create(owner, nowhere, wanted())},
		{"the same target again", expectation{409, "STREAM_PRIVATE_LINK_ALREADY_EXISTS"},
			expectation{400, "STREAM_PRIVATE_LINK_ALREADY_EXISTS"}, create(owner, check.Project, wanted())},
		{"too many requests", expectation{429, "RATE_LIMITED"}, expectation{429, "RATE_LIMITED"},
			fault(`"rateLimit":{}`)},
		{"an error of the server", expectation{500, "UNEXPECTED_ERROR"}, expectation{500, "UNEXPECTED_ERROR"},
			fault(`"answer":{"status":500}`)},
	} {
		want := refusal.documented
		if check.Observed {
			want = refusal.observed
		}
		response, err := refusal.call()
		mapped, typed := asError(err)
		held := typed && response.StatusCode == want.status && isErrorCode(err, want.code) && mapped.GetDetail() != ""
		check.That(fmt.Sprintf("%s: %d %s", refusal.title, want.status, want.code), held, err)
	}
}
