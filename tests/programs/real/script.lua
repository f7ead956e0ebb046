-- What a Lua program does with memory, strings, files and errors.
local path = ...

local words = {}
for i = 1, 5000 do
    words[i] = string.format("%05x", i * 2654435761 % 1048576)
end
table.sort(words)
print(#words, words[1], words[2500], words[5000])

local file = assert(io.open(path, "w"))
for i, word in ipairs(words) do
    file:write(i, " ", word, "\n")
end
file:close()

local lines, sum = 0, 0
for line in io.lines(path) do
    local number, word = line:match("^(%d+) (%x+)$")
    lines = lines + 1
    sum = (sum * 31 + tonumber(number) + tonumber(word, 16)) % 4294967296
end
print(lines, sum)

assert(os.rename(path, path .. ".moved"))
print(io.open(path))
print(os.remove(path .. ".moved"))
print(os.remove(path .. ".moved"))

local threads = {}
for i = 1, 3 do
    threads[i] = coroutine.wrap(function()
        for step = 1, 3 do coroutine.yield(i * 10 + step) end
    end)
end
for _ = 1, 3 do
    io.write(threads[1](), " ", threads[2](), " ", threads[3](), "\n")
end

print(pcall(error, { code = 7 }) == false, select(2, pcall(string.rep)))
print(os.getenv("HOME"), os.getenv("NOT_SET"))
print(os.time({ year = 2020, month = 2, day = 29, hour = 12 }) > 0)
print(string.format("%.14g", math.sin(1) + math.exp(1)), math.maxinteger)
collectgarbage()
error("the end", 0)
