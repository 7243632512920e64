# A private link's life with HTTParty: HTTP digest, then a service account.
require 'httparty'

LINKS = "#{ENV.fetch('BASE_URL')}/api/atlas/v2/groups/#{ENV.fetch('GROUP_ID')}/streams/privateLinkConnections"
TOKENS = "#{ENV.fetch('BASE_URL')}/api/oauth/token"
ACCOUNT = { username: ENV.fetch('MONGODB_ATLAS_CLIENT_ID'), password: ENV.fetch('MONGODB_ATLAS_CLIENT_SECRET') }.freeze
ACCEPT = { 'Accept' => 'application/vnd.atlas.2024-05-30+json' }.freeze

$failed = false

def check(title, held, seen)
  $failed ||= !held
  puts held ? "ok   #{title}" : "FAIL #{title}: #{seen}"
end

# HTTParty parses application/json, but not Atlas's media type.
def json(response)
  JSON.parse(response.body)
end

def pass_one_second
  headers = { 'Content-Type' => 'application/json' }
  HTTParty.post("#{ENV.fetch('CONTROL_URL')}/clock/advance", headers: headers, body: '{"by":"1s"}')
end

def life(kind, options)
  send = lambda do |method, url, body = nil|
    headers = ACCEPT.merge(options.fetch(:headers, {}), body ? { 'Content-Type' => 'application/json' } : {})
    HTTParty.send(method, url, **options, headers: headers, body: body&.to_json)
  end
  body = { provider: 'AWS', vendor: 'S3', region: 'us-east-1', serviceEndpointId: "com.amazonaws.us-east-1.s3.#{kind}" }
  created = send.call(:post, LINKS, body)
  check("#{kind}: create: 200", created.code == 200, created)
  link = "#{LINKS}/#{json(created)['_id']}"
  polled = send.call(:get, link)
  10.times do
    break if json(polled)['state'] == 'DONE'

    pass_one_second
    polled = send.call(:get, link)
  end
  check("#{kind}: poll: DONE", json(polled)['state'] == 'DONE', polled)

  other = send.call(:post, LINKS, body.merge(serviceEndpointId: "#{body[:serviceEndpointId]}.other"))
  page = json(send.call(:get, "#{LINKS}?itemsPerPage=1&pageNum=2"))
  check("#{kind}: list: the second page of two", [page['results'].size, page['totalCount']] == [1, 2], page)
  send.call(:delete, "#{LINKS}/#{json(other)['_id']}")
  again = json(send.call(:post, LINKS, body))
  check("#{kind}: the same again: a duplicate", again['errorCode'] == 'STREAM_PRIVATE_LINK_ALREADY_EXISTS', again)
  missing = send.call(:get, "#{LINKS}/#{'f' * 24}")
  check("#{kind}: one that is not there: 404", missing.code == 404, missing)
  deleted = send.call(:delete, link)
  check("#{kind}: delete: 202", deleted.code == 202, deleted)
  gone = send.call(:get, link)
  check("#{kind}: get, once it is gone: 404", gone.code == 404, gone)
end

digest = { username: ENV.fetch('PUBLIC_KEY'), password: ENV.fetch('PRIVATE_KEY') }
life('digest', digest_auth: digest)
wrong = HTTParty.get(LINKS, digest_auth: digest.merge(password: 'wrong'), headers: ACCEPT)
check('digest: a wrong key: 401', wrong.code == 401, wrong)

grant = HTTParty.post(TOKENS, basic_auth: ACCOUNT, body: { grant_type: 'client_credentials' })
life('bearer', headers: { 'Authorization' => "Bearer #{json(grant)['access_token']}" })
refused = HTTParty.post(TOKENS, basic_auth: ACCOUNT.merge(password: 'wrong'), body: { grant_type: 'client_credentials' })
check('bearer: a wrong secret: invalid_client', json(refused)['error'] == 'invalid_client', refused)
exit($failed ? 1 : 0)
