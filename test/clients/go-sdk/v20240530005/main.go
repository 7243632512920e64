// The SDK of the documentation page's API version. It knows neither service accounts nor private links: it signs with
// a key pair, lists projects, and posts a private link, with the page's Accept header, through its own HTTP client.
package main

import (
	"context"
	"encoding/json"
	"os"

	"go.mongodb.org/atlas-sdk/v20240530005/admin"

	"clients/go-sdk/check"
)

const accept = "application/vnd.atlas.2024-05-30+json"

func main() {
	client, err := admin.NewClient(
		admin.UseBaseURL(check.BaseURL),
		admin.UseDigestAuth(check.PublicKey, check.PrivateKey),
	)
	check.That("a client", err == nil, err)

	projects, _, err := client.ProjectsApi.ListProjects(context.Background()).Execute()
	check.That("lists projects", err == nil && projects.GetTotalCount() > 0, err)

	http := client.GetConfig().HTTPClient
	links := "/api/atlas/v2/groups/" + check.Project + "/streams/privateLinkConnections"
	body, err := os.ReadFile("link.json")
	check.That("a body", err == nil, err)

	status, text := check.Send(http, "POST", links, accept, string(body))
	var link struct {
		ID string `json:"_id"`
	}
	err = json.Unmarshal([]byte(text), &link)
	check.That("creates a link", status == 200 && err == nil && len(link.ID) == 24, status, text)
	status, text = check.Send(http, "GET", links+"/"+link.ID, accept, "")
	check.That("gets it", status == 200, status, text)
	status, text = check.Send(http, "DELETE", links+"/"+link.ID, accept, "")
	check.That("deletes it", status == 202, status, text)

	wrong, _ := admin.NewClient(admin.UseBaseURL(check.BaseURL), admin.UseDigestAuth(check.PublicKey, "wrong"))
	_, response, err := wrong.ProjectsApi.ListProjects(context.Background()).Execute()
	mapped, typed := admin.AsError(err)
	check.That("a wrong key: 401, typed", typed && response.StatusCode == 401 && mapped.GetErrorCode() != "", err)
	check.End()
}
