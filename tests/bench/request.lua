-- What wrk sends, and the one line it prints at the end.
--
--     wrk … -s request.lua URL -- FILE [PIPELINED [FILES]]
--
-- FILE holds the octets of one request. PIPELINED of them go out at a time. With FILES each request
-- is for another of so many files: "0/0.txt" in it becomes the name of one.

function init(arguments)
    local file = assert(io.open(arguments[1], "rb"))
    local octets = file:read("*a")
    file:close()
    local pipelined = tonumber(arguments[2] or 1)
    local files = tonumber(arguments[3] or 0)
    local requests = {}
    wrk.format = function() return octets:rep(pipelined) end -- sent again and again as it is
    if files == 0 then return end
    for i = 0, files - 1 do
        local name = string.format("%d/%d.txt", math.floor(i / 1000), i % 1000)
        requests[i + 1] = octets:gsub("0/0%.txt", name, 1)
    end
    request = function() return requests[math.random(files)] end
end

-- requests, microseconds, p99 in microseconds, socket errors, answers of 400 and above
function done(summary, latency)
    local errors = summary.errors
    print(string.format("result %d %d %d %d %d", summary.requests, summary.duration,
        latency:percentile(99), errors.connect + errors.read + errors.write + errors.timeout,
        errors.status))
end
