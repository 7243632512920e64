#!/bin/sh
# A private link's life with curl: HTTP digest, then a bearer token.
# Needs BASE_URL, GROUP_ID, PUBLIC_KEY, PRIVATE_KEY, MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET.
set -u
: "${BASE_URL:?}" "${GROUP_ID:?}" "${PUBLIC_KEY:?}" "${PRIVATE_KEY:?}"
: "${MONGODB_ATLAS_CLIENT_ID:?}" "${MONGODB_ATLAS_CLIENT_SECRET:?}"

links="$BASE_URL/api/atlas/v2/groups/$GROUP_ID/streams/privateLinkConnections"
accept="Accept: application/vnd.atlas.2024-05-30+json"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Targets of its own, so that the script can run more than once against one emulator.
run="$(date +%s)-$$"
passed=0
failed=0

# expect TITLE STATUS PATTERN CURL-ARGUMENTS...: runs curl, and looks at the last status (a shell pattern) and the body.
expect() {
  title=$1 status=$2 pattern=$3
  shift 3
  : >"$work/body"
  got=$(curl --silent --show-error --max-time 20 --output "$work/body" --write-out '%{http_code}' "$@" 2>"$work/error") ||
    got="curl: $(cat "$work/error")"
  # shellcheck disable=SC2254
  case $got in
  # grep finds no line in an empty body.
  $status) { [ -z "$pattern" ] || grep -Eq -- "$pattern" "$work/body"; } && right=yes || right= ;;
  *) right= ;;
  esac
  if [ "$right" ]; then
    passed=$((passed + 1))
    echo "ok   $title"
  else
    failed=$((failed + 1))
    echo "FAIL $title: $got instead of $status, or no $pattern in: $(head -c 500 "$work/body")"
  fi
}

# as digest|bearer TITLE STATUS PATTERN CURL-ARGUMENTS...: the same with one kind of credentials.
as() {
  kind=$1 title=$2 status=$3 pattern=$4
  shift 4
  case $kind in
  digest) expect "digest: $title" "$status" "$pattern" --user "$PUBLIC_KEY:$PRIVATE_KEY" --digest --header "$accept" "$@" ;;
  bearer) expect "bearer: $title" "$status" "$pattern" --header "Authorization: Bearer $ACCESS_TOKEN" --header "$accept" "$@" ;;
  esac
}

payload() {
  printf '{"provider":"AWS","vendor":"S3","region":"us-east-1","serviceEndpointId":"com.amazonaws.us-east-1.s3.%s"}' "$1"
}

token() {
  curl --silent --user "$MONGODB_ATLAS_CLIENT_ID:$MONGODB_ATLAS_CLIENT_SECRET" \
    --data grant_type=client_credentials "$BASE_URL/api/oauth/token" |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/'
}

id_of_body() {
  sed -n 's/.*"_id" *: *"\([0-9a-f]*\)".*/\1/p' "$work/body"
}

life() {
  id=$(id_of_body)
  as "$1" get 200 "\"_id\":\"$id\"" "$links/$id"
  as "$1" list 200 "\"_id\":\"$id\".*\"totalCount\":[1-9]" "$links?itemsPerPage=500"
  as "$1" 'pretty and envelope' 200 '^  "status" : 200,$' "$links/$id?pretty=true&envelope=true"
  as "$1" projects 200 "\"id\":\"$GROUP_ID\"" "$BASE_URL/api/atlas/v2/groups"
  as "$1" 'a link that is not there' 404 '"error":404' "$links/ffffffffffffffffffffffff"
  as "$1" 'the same target again' '40[09]' STREAM_PRIVATE_LINK_ALREADY_EXISTS \
    --header "Content-Type: application/json" -X POST "$links" -d "$(payload "$1-$run")"
  as "$1" delete 202 '^[{][}]$' -X DELETE "$links/$id"
  as "$1" 'get, once it is gone' 404 '"error":404' "$links/$id"
}

# The documentation page's command with a key pair. Its --include prints the headers before the body.
expect 'digest: create' 200 '"_id":"[0-9a-f]{24}"' \
  --user "${PUBLIC_KEY}:${PRIVATE_KEY}" \
  --digest --include \
  --header "$accept" \
  --header "Content-Type: application/json" \
  -X POST "$links" \
  -d "$(payload "digest-$run")"
life digest

# The documentation page's command with a token.
ACCESS_TOKEN=$(token)
expect 'bearer: create' 200 '"_id":"[0-9a-f]{24}"' \
  --include --header "Authorization: Bearer ${ACCESS_TOKEN}" \
  --header "$accept" \
  --header "Content-Type: application/json" \
  -X POST "$links" \
  -d "$(payload "bearer-$run")"
life bearer

expect 'digest: a wrong key' 401 '"error" ?: ?401' --user "$PUBLIC_KEY:wrong" --digest --header "$accept" "$links"
expect 'no credentials' 401 '"error" ?: ?401' --header "$accept" "$links"
expect 'no version in Accept' 406 INVALID_VERSION_DATE --user "$PUBLIC_KEY:$PRIVATE_KEY" --digest "$links"
expect 'revoke' 200 '' --user "$MONGODB_ATLAS_CLIENT_ID:$MONGODB_ATLAS_CLIENT_SECRET" \
  --data "token=$ACCESS_TOKEN" "$BASE_URL/api/oauth/revoke"
as bearer 'a revoked token' 401 '"error" ?: ?401' "$links"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
