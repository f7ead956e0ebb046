#!/usr/bin/env bats
# linux.devices: nodes are what the bundle says, and nothing else is taken for
# them.

setup() {
    load container_setup
    container_setup
}

@test "devices have their number, mode and owner" {
    needs_root "to make device nodes"
    linux='"devices":[
      {"path":"/dev/fuse","type":"c","major":10,"minor":229,"fileMode":384,
       "uid":1000,"gid":1001},
      {"path":"/dev/disk","type":"b","major":8,"minor":0},
      {"path":"/dev/sub/null","type":"u","major":1,"minor":3,"fileMode":438},
      {"path":"/dev/pipe","type":"p","fileMode":420}]'
    run -0 inside node /dev/fuse + node /dev/disk + node /dev/sub/null + node /dev/pipe
    [ "$output" = "/dev/fuse: 20600 10:229 1000 1001
/dev/disk: 60666 8:0 0 0
/dev/sub/null: 20666 1:3 0 0
/dev/pipe: 10644 0:0 0 0" ]
    same_as_crun node /dev/fuse + node /dev/disk + node /dev/sub/null + node /dev/pipe
}

@test "a listed default device is the listed one" {
    needs_root "to make device nodes"
    linux='"devices":[{"path":"/dev/null","type":"c","major":1,"minor":3,
           "fileMode":384,"gid":7}]'
    run -0 inside node /dev/null + node /dev/zero
    [ "$output" = "/dev/null: 20600 1:3 0 7
/dev/zero: 20666 1:5 0 0" ]
}

@test "in a user namespace the host's device is bound" {
    [ "$(id -u)" -ne 0 ] || { # as root, one that maps this user to 0
        namespaces+=',{"type":"user"}'
        mappings='"uidMappings":[{"containerID":0,"hostID":0,"size":1}],
                  "gidMappings":[{"containerID":0,"hostID":0,"size":1}],'
    }
    linux='"devices":[{"path":"/dev/random","type":"c","major":1,"minor":8}]'
    run -0 inside open /dev/random r + open /dev/null w
    [ "$output" = "/dev/random: ok
/dev/null: ok" ]
    # Only if it is the device that was asked for.
    linux='"devices":[{"path":"/dev/random","type":"c","major":1,"minor":1}]'
    run -1 inside machine
    [ "$output" = "ringside-container: linux.devices[0]: cannot make /dev/random: Operation not permitted" ]
}

@test "where /dev is a directory of the rootfs, a container can be run again" {
    [ "$(id -u)" -ne 0 ] || { # as root, one that maps this user to 0
        namespaces+=',{"type":"user"}'
        mappings='"uidMappings":[{"containerID":0,"hostID":0,"size":1}],
                  "gidMappings":[{"containerID":0,"hostID":0,"size":1}],'
    }
    root='"readonly":false'
    mounts='{"destination":"/proc","type":"proc"}'
    for _ in 1 2; do
        run -0 inside open /dev/null w + node /dev/zero
        [[ $output == "/dev/null: ok"$'\n'"/dev/zero: 20666 1:5 "* ]]
    done
}

@test "a file of another kind in a device's place is an error" {
    needs_root "to make device nodes"
    root='"readonly":false'
    mkdir -p bundle/rootfs/nodes
    echo text >bundle/rootfs/nodes/null
    linux='"devices":[{"path":"/nodes/null","type":"c","major":1,"minor":3}]'
    run -1 inside machine
    [ "$output" = "ringside-container: linux.devices[0]: cannot make /nodes/null: File exists" ]
    rm bundle/rootfs/nodes/null
    mknod bundle/rootfs/nodes/null c 1 5
    run -1 inside machine
    [[ $output == *"File exists" ]]
    rm bundle/rootfs/nodes/null
    ln -s /dev/null bundle/rootfs/nodes/null
    run -1 inside machine
    [[ $output == *"cannot make /nodes/null"* ]]
    # The right one is kept.
    rm bundle/rootfs/nodes/null
    mknod bundle/rootfs/nodes/null c 1 3
    run -0 inside node /nodes/null
}

@test "a link in the rootfs leads no device out of it" {
    needs_root "to make device nodes"
    root='"readonly":false'
    mkdir -p bundle/rootfs outside
    ln -s "$PWD/outside" bundle/rootfs/nodes
    linux='"devices":[{"path":"/nodes/x","type":"c","major":1,"minor":3}]'
    run -1 inside machine
    [ -z "$(ls outside)" ]
}

@test "a wrong device is refused with its JSON path" {
    refused() { # DEVICE MESSAGE
        linux='"devices":['$1']'
        run -1 inside machine
        [[ $output == *"config.json: linux.devices[0]$2" ]] ||
            { echo "$output" >&2; return 1; }
    }
    refused '{"path":"dev/x","type":"c","major":1,"minor":3}' \
        '.path: expected an absolute path, got "dev/x"'
    refused '{"path":"/..","type":"c","major":1,"minor":3}' \
        '.path: expected the path of a file, got "/.."'
    refused '{"path":"/dev/x","type":"d","major":1,"minor":3}' \
        '.type: expected "c", "b", "u" or "p", got "d"'
    refused '{"path":"/dev/x","type":"c","major":1}' \
        '.minor: missing, expected a device number'
    refused '{"path":"/dev/x","type":"c","major":4096,"minor":3}' \
        '.major: expected an integer from 0 to 4095, got 4096'
    refused '{"path":"/dev/x","type":"c","major":1,"minor":3,"fileMode":-1}' \
        '.fileMode: expected an integer from 0 to 65535, got -1'
}
