import { toScript } from "../connection/script.ts";

/** A key is three: its record by its id, its id by its hash, and a place in its subject's list. */
const parts = `
local function limit(key, lifetime)
  if lifetime == "" then redis.call("PERSIST", key) else redis.call("PEXPIRE", key, lifetime) end
end

-- The list is there as long as the last of its keys.
local function settle(list)
  redis.call("ZREMRANGEBYSCORE", list, "-inf", now)
  local last = redis.call("ZRANGE", list, -1, -1, "WITHSCORES")[2]
  if last == "inf" then redis.call("PERSIST", list) end
  if last and last ~= "inf" then redis.call("PEXPIREAT", list, last) end
end

local function keep(at, id, record, lifetime)
  redis.call("HSET", KEYS[at], "record", record)
  limit(KEYS[at], lifetime)
  redis.call("SET", KEYS[at + 1], id)
  limit(KEYS[at + 1], lifetime)
  redis.call("ZADD", KEYS[at + 2], lifetime == "" and "inf" or now + lifetime, id)
  settle(KEYS[at + 2])
end
`;

/** KEYS: a record. */
export const read = toScript(`return redis.call("HMGET", KEYS[1], "record", "lastUsedAt")`);

/** KEYS: an id by its hash. */
export const readId = toScript(`return redis.call("GET", KEYS[1])`);

/** KEYS: a list. */
export const list = toScript(`return redis.call("ZRANGEBYSCORE", KEYS[1], now, "inf")`);

/** KEYS: the three of a key. ARGV: id, record, lifetime. Tells whether the id was free. */
export const add = toScript(`${parts}
if redis.call("EXISTS", KEYS[1]) == 1 then return 0 end
keep(1, ARGV[1], ARGV[2], ARGV[3])
return 1
`);

/** KEYS: a record. ARGV: when its key was used. */
export const touch = toScript(`
if redis.call("EXISTS", KEYS[1]) == 0 then return end
if tonumber(redis.call("HGET", KEYS[1], "lastUsedAt") or 0) < tonumber(ARGV[1]) then
  redis.call("HSET", KEYS[1], "lastUsedAt", ARGV[1])
end
`);

/**
 * KEYS: the three of a key, those of its successor. ARGV: id, record as it was read, as it is to be,
 * its lifetime, the successor's id, record, lifetime.
 */
export const replace = toScript(`${parts}
local record, replaced = unpack(redis.call("HMGET", KEYS[1], "record", "replaced"))
if record ~= ARGV[2] or replaced then return "gone" end
if redis.call("EXISTS", KEYS[4]) == 1 then return "taken" end
keep(1, ARGV[1], ARGV[3], ARGV[4])
redis.call("HSET", KEYS[1], "replaced", ARGV[5])
keep(4, ARGV[5], ARGV[6], ARGV[7])
return "replaced"
`);

/** KEYS: the three of a key. ARGV: id. Tells whether it was there. */
export const remove = toScript(`${parts}
if redis.call("GET", KEYS[2]) == ARGV[1] then redis.call("DEL", KEYS[2]) end
redis.call("ZREM", KEYS[3], ARGV[1])
settle(KEYS[3])
return redis.call("DEL", KEYS[1])
`);
