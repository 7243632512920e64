-- Sends the requests of a plan (load.js writes it): wrk -s load.lua URL -- PLAN.
-- Everything that can be is built before the load: a request is a lookup, a create two concatenations, and a digest one MD5
-- by OpenSSL, with which wrk is linked.
local plan, digest, ffi
local nonces, sent = {}, 0

local function md5(text)
  local bytes = ffi.new('unsigned char[16]')
  ffi.C.MD5(text, #text, bytes)
  return (ffi.string(bytes, 16):gsub('.', function(byte) return ('%02x'):format(byte:byte()) end))
end

-- The value of Authorization for a request whose second hash is `what`.
local function authorization(nonce, count, path, what)
  local counter = ('%08x'):format(count)
  local response = md5(digest.who .. ':' .. nonce .. ':' .. counter .. ':0a4f113b:auth:' .. what)
  return digest.start .. path .. '", nonce="' .. nonce .. '", nc=' .. counter
    .. ', cnonce="0a4f113b", qop=auth, algorithm=MD5, response="' .. response .. '"'
end

-- A request as text, and as the texts before and after a mark in it.
local function text(method, path, authorization, body)
  local headers = { Authorization = authorization, ['Content-Type'] = body and 'application/json' }
  for name, value in pairs(plan.headers) do headers[name] = value end
  return wrk.format(method, path, headers, body)
end
local function halves(whole, mark)
  local first, last = whole:find(mark, 1, true)
  return whole:sub(1, first - 1), whole:sub(last + 1)
end
local function bearer(number)
  local token = plan.tokens[number % math.max(#plan.tokens, 1) + 1]
  return token and 'Bearer ' .. token
end

-- A function that returns a GET. Its address and its token differ from those of the one before.
local function getter()
  local ready = {}
  for index, path in ipairs(plan.paths) do
    if digest then
      local before, after = halves(text('GET', path, '@@'), '@@')
      ready[index] = { before, after, path, md5('GET:' .. path) }
    else
      ready[index] = text('GET', path, bearer(index))
    end
  end
  if not digest then return function() return ready[sent % #ready + 1] end end
  return function(nonce, count)
    local one = ready[sent % #ready + 1]
    return one[1] .. authorization(nonce, count, one[3], one[4]) .. one[2]
  end
end

-- A function that returns a create. Its number is as long as the mark in the body that it replaces.
local function creator()
  local body, ready = plan.create.body, {}
  for _, path in ipairs(plan.create.paths) do
    for token = 1, digest and 1 or math.max(#plan.tokens, 1) do
      local before, after = halves(text('POST', path, digest and '@@' or bearer(token), body), '########')
      local one = { before, after, path }
      if digest then
        one[1], one[4] = halves(before, '@@')
        one[5] = md5('POST:' .. path)
      end
      ready[#ready + 1] = one
    end
  end
  return function(nonce, count)
    local one = ready[sent % #ready + 1]
    local start = one[1]
    if digest then start = start .. authorization(nonce, count, one[3], one[5]) .. one[4] end
    return start .. ('%08d'):format(sent) .. one[2]
  end
end

function init(args)
  plan = dofile(args[1])
  digest = plan.digest
  sent = plan.first or 0
  if digest then
    ffi = require 'ffi'
    ffi.cdef 'unsigned char *MD5(const unsigned char *text, size_t length, unsigned char *hash);'
    digest.who = md5(digest.username .. ':' .. digest.realm .. ':' .. digest.password)
    digest.start = 'Digest username="' .. digest.username .. '", realm="' .. digest.realm .. '", uri="'
    if not digest.nonce then
      -- A nonce belongs to no connection: each answer that challenges lets the next request on any connection have one.
      response = function(_, headers)
        for name, value in pairs(headers) do
          if name:lower() == 'www-authenticate' then nonces[#nonces + 1] = value:match('nonce="([^"]+)"') end
        end
      end
    end
  end
  local get = #plan.paths > 0 and getter()
  local create = plan.create and creator()
  local bare = text('GET', plan.paths[1] or plan.create.paths[1])
  function request()
    sent = sent + 1
    local nonce, count
    if digest then
      nonce, count = digest.nonce, sent
      if not nonce then
        nonce, count = table.remove(nonces), 1
        if not nonce then return bare end
      end
    end
    if create and sent % plan.create.every == 0 then return create(nonce, count) end
    return get(nonce, count)
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(('\n{"requests":%d,"us":%d,"p50":%f,"p99":%f,"refused":%d,"broken":%d}\n'):format(summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
