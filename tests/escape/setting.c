/*
 * escape-setting BUNDLE BASE PROFILE [GRANT...] -- ATTEMPT [WORD...]
 *
 * Writes the setting that an attempt is made in, BUNDLE/config.json. BASE is
 * "default", what `ringside-container spec` has written (it is kept as
 * config.json.default), or "docker": with the capabilities and device rules
 * that Docker gives and the allow-list of system calls in PROFILE. A GRANT is
 * one thing that makes it weaker, NAME[:WORD...]; the table below has them.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Moby's defaults (oci/caps/defaults.go). */
static const char *const docker_capabilities[] = {
    "CHOWN",      "DAC_OVERRIDE", "FSETID",      "FOWNER",           "MKNOD",
    "NET_RAW",    "SETGID",       "SETUID",      "SETFCAP",          "SETPCAP",
    "SYS_CHROOT", "KILL",         "AUDIT_WRITE", "NET_BIND_SERVICE",
};

static json_t *member(json_t *config, const char *object, const char *name)
{
    return json_object_get(json_object_get(config, object), name);
}

/* Removes the string from an array. */
static void take_out(json_t *array, const char *text)
{
    for (size_t i = json_array_size(array); i-- > 0;)
        if (strcmp(json_string_value(json_array_get(array, i)), text) == 0)
            json_array_remove(array, i);
}

static void capability(json_t *config, char **words)
{
    json_t *sets = member(config, "process", "capabilities"), *names;
    const char *set;

    json_object_foreach(sets, set, names)
        json_array_append_new(names, json_sprintf("CAP_%s", words[0]));
}

static void share(json_t *config, char **words)
{
    json_t *namespaces = member(config, "linux", "namespaces");

    for (size_t i = json_array_size(namespaces); i-- > 0;) {
        json_t *type = json_object_get(json_array_get(namespaces, i), "type");

        if (strcmp(json_string_value(type), words[0]) == 0)
            json_array_remove(namespaces, i);
    }
    if (strcmp(words[0], "uts") == 0)
        json_object_del(config, "hostname");
}

/* bind:SOURCE:DESTINATION[:OPTION] */
static void bind_mount(json_t *config, char **words)
{
    json_t *options = json_pack("[s]", "rbind");

    if (words[2] != NULL)
        json_array_append_new(options, json_string(words[2]));
    json_array_append_new(json_object_get(config, "mounts"),
                          json_pack("{ss ss ss so}", "type", "bind", "source",
                                    words[0], "destination", words[1],
                                    "options", options));
}

static void add_device_rule(json_t *config, json_t *rule)
{
    json_t *resources = member(config, "linux", "resources");

    if (json_object_get(resources, "devices") == NULL)
        json_object_set_new(resources, "devices", json_array());
    json_array_append_new(json_object_get(resources, "devices"), rule);
}

/* device:MAJOR:MINOR */
static void device(json_t *config, char **words)
{
    add_device_rule(config, json_pack("{sb ss si si ss}", "allow", 1, "type",
                                      "b", "major", atoi(words[0]), "minor",
                                      atoi(words[1]), "access", "rwm"));
}

static void writable(json_t *config, char **words)
{
    take_out(member(config, "linux", "readonlyPaths"), words[0]);
}

static void visible(json_t *config, char **words)
{
    take_out(member(config, "linux", "maskedPaths"), words[0]);
}

static void unfiltered(json_t *config, char **words)
{
    (void)words;
    json_object_del(json_object_get(config, "linux"), "seccomp");
}

static void gaining(json_t *config, char **words)
{
    (void)words;
    json_object_set_new(json_object_get(config, "process"), "noNewPrivileges",
                        json_false());
}

static void user(json_t *config, char **words)
{
    json_object_set_new(
        json_object_get(config, "process"), "user",
        json_pack("{si si}", "uid", atoi(words[0]), "gid", atoi(words[0])));
}

static void propagation(json_t *config, char **words)
{
    json_object_set_new(json_object_get(config, "linux"), "rootfsPropagation",
                        json_string(words[0]));
}

static void program(json_t *config, char **words)
{
    json_array_set_new(member(config, "process", "args"), 0,
                       json_string(words[0]));
}

static const struct grant {
    const char *name;
    int words; /* that it must have */
    void (*give)(json_t *config, char **words);
} grants[] = {
    {"capability", 1, capability},
    {"share", 1, share}, /* a namespace of the host's */
    {"bind", 2, bind_mount},
    {"device", 2, device},
    {"writable", 1, writable}, /* a path that is read-only otherwise */
    {"visible", 1, visible},   /* a path that is masked otherwise */
    {"unfiltered", 0, unfiltered},
    {"gaining", 0, gaining}, /* privileges, by programs that have them */
    {"user", 1, user},
    {"propagation", 1, propagation},
    {"program", 1, program},
};

/* NAME[:WORD...], taken apart in place. 0, or -1 where there is no such. */
static int give(json_t *config, char *text)
{
    char *words[4] = {NULL}, *rest = NULL;
    const char *name = strtok_r(text, ":", &rest);
    int count = 0;

    while (count < 3 && (words[count] = strtok_r(NULL, ":", &rest)) != NULL)
        count++;
    for (size_t i = 0; i < sizeof(grants) / sizeof(*grants); i++) {
        if (name == NULL || strcmp(grants[i].name, name) != 0)
            continue;
        if (count < grants[i].words)
            return -1;
        grants[i].give(config, words);
        return 0;
    }
    return -1;
}

static int as_docker_does(json_t *config, const char *profile)
{
    json_t *seccomp = json_load_file(profile, 0, NULL);

    if (seccomp == NULL)
        return -1;
    for (size_t i = 0;
         i < sizeof(docker_capabilities) / sizeof(*docker_capabilities); i++)
        capability(config, (char *[]){(char *)docker_capabilities[i]});
    gaining(config, NULL);
    add_device_rule(config, json_pack("{sb ss}", "allow", 0, "access", "rwm"));
    return json_object_set_new(json_object_get(config, "linux"), "seccomp",
                               seccomp);
}

/* What is wrong with the words, or NULL; the grants end at "--". */
static const char *write_setting(json_t *config, char **argv)
{
    char path[4096];
    json_t *arguments = json_pack("[s]", "/attempts");
    char **word = argv + 4;

    json_object_set_new(json_object_get(config, "process"), "args", arguments);
    if (strcmp(argv[2], "docker") == 0 && as_docker_does(config, argv[3]) < 0)
        return argv[3];
    for (; *word != NULL && strcmp(*word, "--") != 0; word++)
        if (give(config, *word) < 0)
            return *word;
    for (; word[0] != NULL && word[1] != NULL; word++)
        json_array_append_new(arguments, json_string(word[1]));
    snprintf(path, sizeof(path), "%s/config.json", argv[1]);
    return json_dump_file(config, path, 0) < 0 ? argv[1] : NULL;
}

int main(int argc, char **argv)
{
    char path[4096];
    const char *wrong = "too few words";
    json_t *config = NULL;

    if (argc > 4) {
        snprintf(path, sizeof(path), "%s/config.json.default", argv[1]);
        config = json_load_file(path, 0, NULL);
        wrong = config == NULL ? path : write_setting(config, argv);
    }
    if (wrong != NULL)
        fprintf(stderr, "escape-setting: cannot use \"%s\"\n", wrong);
    json_decref(config);
    return wrong != NULL;
}
