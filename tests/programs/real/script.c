/*
 * A Lua interpreter with its standard library: runs the script named first,
 * with the rest as its arguments.
 */
#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    lua_State *lua = luaL_newstate();
    int status = 0;

    if (argc < 2 || lua == NULL)
        return 2;
    luaL_openlibs(lua);
    if (luaL_loadfile(lua, argv[1]) == LUA_OK) {
        for (int i = 2; i < argc; i++)
            lua_pushstring(lua, argv[i]);
        status = lua_pcall(lua, argc - 2, 0, 0);
    } else {
        status = 1;
    }
    if (status != LUA_OK)
        fprintf(stderr, "%s\n", lua_tostring(lua, -1));
    lua_close(lua);
    return status == LUA_OK ? 0 : 1;
}
