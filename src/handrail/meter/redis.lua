-- Takes all that is claimed, or nothing. ARGV: the lease in milliseconds, then for each claim of
-- KEYS its kind and three numbers or names. Answers nothing, or which claim failed (from 1 on) and
-- for how many milliseconds. The time is this server's, so that no client's clock matters. What
-- lies in the future was there before somebody set that clock back, and does not count.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = tonumber(ARGV[1])

local function window(seconds)
    return math.floor(now / 1000 / seconds)
end

local wait = {}

-- A hit: the newest are first, and of these only as many as count.
function wait.hit(key, limit, seconds)
    local first = redis.call('LINDEX', key, limit - 1)
    if not first then return nil end
    local left = tonumber(first) + seconds * 1000 - now
    return left > 0 and left <= seconds * 1000 and left or nil
end

-- A charge.
function wait.charge(key, limit, seconds, amount)
    local used = tonumber(redis.call('GET', key .. ':' .. window(seconds)) or 0)
    if used + math.max(amount, 1) <= limit then return nil end
    return (window(seconds) + 1) * seconds * 1000 - now
end

-- A place: whose holder fell silent is free.
function wait.place(key, limit, _, holder)
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    redis.call('ZREMRANGEBYSCORE', key, now + 2 * lease, '+inf')
    if redis.call('ZSCORE', key, holder) or redis.call('ZCARD', key) < limit then return nil end
    return 0
end

local take = {}

function take.hit(key, limit, seconds)
    redis.call('LPUSH', key, now)
    redis.call('LTRIM', key, 0, limit - 1)
    redis.call('PEXPIRE', key, math.ceil(seconds * 1000))
end

function take.charge(key, _, seconds, amount)
    if amount == 0 then return end
    local counter = key .. ':' .. window(seconds)
    redis.call('INCRBY', counter, amount)
    redis.call('EXPIREAT', counter, (window(seconds) + 1) * seconds)
end

function take.place(key, _, _, holder)
    redis.call('ZADD', key, now + lease, holder)
    redis.call('PEXPIRE', key, lease)
end

local function claim(each)
    local at = 2 + (each - 1) * 4
    local kind, amount = ARGV[at], ARGV[at + 3]
    if kind ~= 'place' then amount = tonumber(amount) end
    return kind, KEYS[each], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), amount
end

for each = 1, #KEYS do
    local kind, key, limit, seconds, amount = claim(each)
    local left = wait[kind](key, limit, seconds, amount)
    if left then return {each, math.ceil(left)} end
end
for each = 1, #KEYS do
    local kind, key, limit, seconds, amount = claim(each)
    take[kind](key, limit, seconds, amount)
end
return {}
