import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Pattern;

/** A private link's life with any client: created, polled, listed, refused, deleted. Each check prints a line. */
final class Life {
  static final String ACCEPT = "application/vnd.atlas.2024-05-30+json";
  static final String BASE_URL = System.getenv("BASE_URL");
  static final String LINKS =
      BASE_URL + "/api/atlas/v2/groups/" + System.getenv("GROUP_ID") + "/streams/privateLinkConnections";

  record Reply(int status, String body) {
    /** The value of a field whose value is a string. */
    String field(String name) {
      var match = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(body == null ? "" : body);
      return match.find() ? match.group(1) : "";
    }
  }

  interface Client {
    /** Sends a request; without a body if it is null. */
    Reply send(String method, String url, String body) throws Exception;
  }

  private static boolean failed = false;

  static void check(String title, boolean held, Object seen) {
    failed |= !held;
    System.out.println(held ? "ok   " + title : "FAIL " + title + ": " + seen);
  }

  static void end() {
    System.exit(failed ? 1 : 0);
  }

  static void of(Client client) throws Exception {
    var body = """
        {"provider":"AWS","vendor":"S3","region":"us-east-1","serviceEndpointId":"com.amazonaws.us-east-1.s3%s"}
        """;
    var created = client.send("POST", LINKS, body.formatted(""));
    check("create: 200", created.status() == 200, created);
    var link = LINKS + "/" + created.field("_id");
    var polled = client.send("GET", link, null);
    for (var seconds = 0; !polled.field("state").equals("DONE") && seconds < 10; seconds++) {
      passOneSecond();
      polled = client.send("GET", link, null);
    }
    check("poll: DONE", polled.field("state").equals("DONE"), polled);

    var other = client.send("POST", LINKS, body.formatted(".other"));
    var page = client.send("GET", LINKS + "?itemsPerPage=1&pageNum=2", null);
    check("list: the second page of two", page.body().contains("\"totalCount\":2"), page);
    client.send("DELETE", LINKS + "/" + other.field("_id"), null);
    var again = client.send("POST", LINKS, body.formatted(""));
    check(
        "create, the same again: a duplicate",
        again.field("errorCode").equals("STREAM_PRIVATE_LINK_ALREADY_EXISTS"),
        again);
    var missing = client.send("GET", LINKS + "/" + "f".repeat(24), null);
    check("get, one that is not there: 404", missing.status() == 404, missing);
    var deleted = client.send("DELETE", link, null);
    check("delete: 202", deleted.status() == 202, deleted);
    var gone = client.send("GET", link, null);
    check("get, once it is gone: 404", gone.status() == 404, gone);
  }

  /** Advances the project's clock, which the runner freezes. */
  private static void passOneSecond() throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(System.getenv("CONTROL_URL") + "/clock/advance"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"by\":\"1s\"}"))
            .build();
    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
  }
}
