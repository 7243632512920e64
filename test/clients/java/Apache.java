import org.apache.hc.client5.http.impl.auth.CredentialsProviderBuilder;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;

/** HTTP digest with Apache HttpClient 5. */
final class Apache {
  public static void main(String[] args) throws Exception {
    try (var client = as(System.getenv("PRIVATE_KEY"))) {
      Life.of((method, url, body) -> send(client, method, url, body));
      var large = send(client, "POST", Life.LINKS, "{\"vendor\":\"" + "x".repeat(3_000_000) + "\"}");
      Life.check("a body of 3 MB: the refusal arrives", large.status() == 413, large);
    }
    try (var client = as("wrong")) {
      var wrong = send(client, "GET", Life.LINKS, null);
      Life.check("a wrong key: 401", wrong.status() == 401, wrong);
    }
    Life.end();
  }

  private static CloseableHttpClient as(String privateKey) throws Exception {
    var credentials =
        CredentialsProviderBuilder.create()
            .add(HttpHost.create(Life.BASE_URL), System.getenv("PUBLIC_KEY"), privateKey.toCharArray())
            .build();
    return HttpClients.custom().setDefaultCredentialsProvider(credentials).build();
  }

  private static Life.Reply send(CloseableHttpClient client, String method, String url, String body) throws Exception {
    var request = ClassicRequestBuilder.create(method).setUri(url).addHeader("Accept", Life.ACCEPT);
    if (body != null) request.setEntity(body, ContentType.APPLICATION_JSON);
    return client.execute(
        request.build(),
        response -> new Life.Reply(response.getCode(), EntityUtils.toString(response.getEntity())));
  }
}
