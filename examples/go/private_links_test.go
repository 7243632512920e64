package links

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
)

const s3 = `{"provider":"AWS","vendor":"S3","region":"us-east-1","serviceEndpointId":"com.amazonaws.us-east-1.s3"}`

type project struct {
	ID          string
	Credentials struct {
		Owner struct {
			ServiceAccount struct{ ClientID, ClientSecret string }
		}
	}
}

var emulator = os.Getenv("ATLAS_EMULATOR_URL")

// call sends a request with a bearer token and decodes the response into result.
func call(t *testing.T, method, url, token, body string, result any) {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept", "application/vnd.atlas.2024-05-30+json, application/json;q=0.9")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode > 299 {
		t.Fatalf("%s %s: %d %s", method, url, response.StatusCode, &text)
	}
	if result != nil {
		if err := json.Unmarshal(text.Bytes(), result); err != nil {
			t.Fatal(err)
		}
	}
}

func control(t *testing.T, method, path, body string, result any) {
	t.Helper()
	call(t, method, emulator+"/_emulator"+path, os.Getenv("ATLAS_EMULATOR_CONTROL_TOKEN"), body, result)
}

// newProject creates a project for the test, and returns it with an access token of its owner.
func newProject(t *testing.T) (project, string) {
	t.Helper()
	var created project
	control(t, "POST", "/projects", `{"profile":"documented"}`, &created)
	t.Cleanup(func() { control(t, "DELETE", "/projects/"+created.ID, "", nil) })
	account := created.Credentials.Owner.ServiceAccount
	response, err := http.PostForm(emulator+"/api/oauth/token", url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {account.ClientID},
		"client_secret": {account.ClientSecret},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var issued struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&issued); err != nil {
		t.Fatal(err)
	}
	return created, issued.Token
}

func TestAPrivateLinkIsDoneAfterTwoSeconds(t *testing.T) {
	t.Parallel()
	project, token := newProject(t)
	links := emulator + "/api/atlas/v2/groups/" + project.ID + "/streams/privateLinkConnections"
	control(t, "POST", "/projects/"+project.ID+"/clock/freeze", "", nil)
	var link struct {
		ID    string `json:"_id"`
		State string
	}
	call(t, "POST", links, token, s3, &link)

	control(t, "POST", "/projects/"+project.ID+"/clock/advance", `{"by":"2s"}`, nil)

	call(t, "GET", links+"/"+link.ID, token, "", &link)
	if link.State != "DONE" {
		t.Fatalf("the link is %s", link.State)
	}
}
