package links

import (
	"net/http"
	"strings"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

const token = "token-of-the-tests"

func TestCreatesAProject(t *testing.T) {
	container, err := testcontainers.Run(t.Context(), "atlas-streams-emulator",
		testcontainers.WithEnv(map[string]string{"ATLAS_EMULATOR_CONTROL_TOKEN": token}),
		testcontainers.WithExposedPorts("27080/tcp"),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/_emulator/health").WithPort("27080/tcp")),
	)
	testcontainers.CleanupContainer(t, container)
	if err != nil {
		t.Fatal(err)
	}
	url, err := container.PortEndpoint(t.Context(), "27080/tcp", "http")
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest("POST", url+"/_emulator/projects", strings.NewReader(`{"profile":"documented"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		t.Fatalf("status %d", response.StatusCode)
	}
}
