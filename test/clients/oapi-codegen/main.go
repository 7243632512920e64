// A private link's life with a client that oapi-codegen generated, and a service account.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"example/atlas"
)

const payload = `{"provider":"AWS","vendor":"S3","region":"us-east-1","serviceEndpointId":"com.amazonaws.us-east-1.s3%s"}`

var (
	ctx     = context.Background()
	baseURL = os.Getenv("BASE_URL")
	project = os.Getenv("GROUP_ID")
	failed  = false
)

func check(title string, held bool, seen any) {
	if held {
		fmt.Println("ok   " + title)
		return
	}
	failed = true
	fmt.Printf("FAIL %s: %v\n", title, seen)
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Printf("FAIL %v\n", err)
		os.Exit(1)
	}
	return value
}

// client returns a client whose requests are changed by edit.
func client(edit func(*http.Request)) *atlas.ClientWithResponses {
	return must(atlas.NewClientWithResponses(baseURL, atlas.WithRequestEditorFn(
		func(_ context.Context, request *http.Request) error {
			request.Header.Set("Accept", "application/vnd.atlas.2024-05-30+json")
			edit(request)
			return nil
		})))
}

func withToken(token string) *atlas.ClientWithResponses {
	return client(func(request *http.Request) { request.Header.Set("Authorization", "Bearer "+token) })
}

func requestToken() string {
	account := client(func(request *http.Request) {
		request.SetBasicAuth(os.Getenv("MONGODB_ATLAS_CLIENT_ID"), os.Getenv("MONGODB_ATLAS_CLIENT_SECRET"))
	})
	form := atlas.TokenRequest{GrantType: "client_credentials"}
	granted := must(account.CreateTokenWithFormdataBodyWithResponse(ctx, nil, form))
	check("token: 200", granted.StatusCode() == 200, string(granted.Body))
	return must(granted.JSON200.AsToken()).AccessToken
}

func create(links *atlas.ClientWithResponses, suffix string) *atlas.CreateGroupStreamPrivateLinkConnectionResponse {
	body := strings.NewReader(fmt.Sprintf(payload, suffix))
	return must(links.CreateGroupStreamPrivateLinkConnectionWithBodyWithResponse(ctx, project, nil, "application/json", body))
}

// passOneSecond advances the project's clock, which the runner freezes.
func passOneSecond() {
	url := os.Getenv("CONTROL_URL") + "/clock/advance"
	must(http.Post(url, "application/json", strings.NewReader(`{"by":"1s"}`))).Body.Close()
}

func main() {
	links := withToken(requestToken())
	created := create(links, "")
	check("create: 200", created.StatusCode() == 200, string(created.Body))
	id := must(created.ApplicationvndAtlas20230201JSON200.AsCreatedPrivateLink()).UnderscoreId

	get := func(id string) *atlas.GetGroupStreamPrivateLinkConnectionResponse {
		return must(links.GetGroupStreamPrivateLinkConnectionWithResponse(ctx, project, id, nil))
	}
	state := func() string {
		return string(must(get(id).ApplicationvndAtlas20230201JSON200.AsPrivateLink()).State)
	}
	for seconds := 0; state() != "DONE" && seconds < 10; seconds++ {
		passOneSecond()
	}
	check("poll: DONE", state() == "DONE", state())

	other := must(create(links, ".other").ApplicationvndAtlas20230201JSON200.AsCreatedPrivateLink()).UnderscoreId
	size, number := 1, 2
	page := must(links.ListGroupStreamPrivateLinkConnectionsWithResponse(ctx, project,
		&atlas.ListGroupStreamPrivateLinkConnectionsParams{ItemsPerPage: &size, PageNum: &number}))
	found := page.ApplicationvndAtlas20230201JSON200
	check("list: the second page of two", found != nil && len(found.Results) == 1 && found.TotalCount == 2, string(page.Body))
	remove := func(id string) int {
		return must(links.DeleteGroupStreamPrivateLinkConnectionWithResponse(ctx, project, id, nil)).StatusCode()
	}
	remove(other)

	again := create(links, "")
	check("create, the same again: a duplicate", strings.Contains(string(again.Body), "STREAM_PRIVATE_LINK_ALREADY_EXISTS"), string(again.Body))
	missing := get(strings.Repeat("f", 24))
	check("get, one that is not there: 404", missing.StatusCode() == 404, string(missing.Body))
	wrong := must(withToken("wrong").ListGroupStreamPrivateLinkConnectionsWithResponse(ctx, project, nil))
	check("a wrong token: 401", wrong.StatusCode() == 401, string(wrong.Body))
	deleted := remove(id)
	check("delete: 202", deleted == 202, deleted)
	check("get, once it is gone: 404", get(id).StatusCode() == 404, id)
	if failed {
		os.Exit(1)
	}
}
