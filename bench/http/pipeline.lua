-- Sixteen requests in one write.
local depth = 16
function init()
  local one = wrk.format("GET", "/hello")
  local all = {}
  for i = 1, depth do all[i] = one end
  request_text = table.concat(all)
end
function request() return request_text end
