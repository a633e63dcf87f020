"""What is known not to be contained, by level and profile, and why it is left so. The list is checked, both ways."""

WAY = "where the interpreter and the package lie is known in a jail; what lies there beside them is not shown"
TASKS = "without a user namespace all processes of the user count, so that the bound is rough; for root there is none"
LOCK = "a lock on a file that all jails are shown can be seen by all; programs need locks"

UNCONTAINED: dict[tuple[str, str], dict[str, str]] = {
    ("namespaces", "pure"): {
        "reads_how_its_zygote_was_started": WAY,
    },
    ("namespaces", "tools"): {
        "reads_how_its_zygote_was_started": WAY,
        "locks_a_file_that_all_can_read": LOCK,
    },
    ("landlock", "pure"): {
        "reads_how_its_zygote_was_started": WAY,
        "asks_for_the_name_of_the_host": "there is no uts namespace",
        "asks_who_is_at_the_other_end": "there is no pid namespace to hide the worker's number",
        "measures_a_file": "landlock does not govern `stat`",
        "starts_threads_without_end": TASKS,
    },
}
