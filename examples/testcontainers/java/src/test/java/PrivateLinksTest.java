import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

class PrivateLinksTest {
  private static final String TOKEN = "token-of-the-tests";

  @Test
  void createsAProject() throws Exception {
    try (var atlas =
        new GenericContainer<>("atlas-streams-emulator")
            .withEnv("ATLAS_EMULATOR_CONTROL_TOKEN", TOKEN)
            .withExposedPorts(27080)
            .waitingFor(Wait.forHttp("/_emulator/health").forPort(27080))) {
      atlas.start();
      var url = "http://" + atlas.getHost() + ":" + atlas.getMappedPort(27080);
      var request =
          HttpRequest.newBuilder(URI.create(url + "/_emulator/projects"))
              .header("Authorization", "Bearer " + TOKEN)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("{\"profile\":\"documented\"}"))
              .build();
      var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      assertEquals(201, response.statusCode(), response.body());
    }
  }
}
