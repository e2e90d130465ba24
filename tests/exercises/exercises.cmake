# docs/exercises/NN-NAME/tests.c becomes the program exercise_NN, which is built when it is asked
# for: ./learn check exNN builds and runs it.
file(GLOB exercise_support CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.c)
add_library(strata_exercise_support STATIC EXCLUDE_FROM_ALL ${exercise_support})
target_link_libraries(strata_exercise_support PUBLIC strata_system_support)
file(GLOB exercises CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/exercises/*/tests.c)
foreach(source ${exercises})
    string(REGEX REPLACE "^.*/([0-9]+)-[^/]*/tests\\.c$" "exercise_\\1" program ${source})
    add_executable(${program} EXCLUDE_FROM_ALL ${source})
    target_link_libraries(${program} PRIVATE strata_exercise_support)
    add_dependencies(${program} strata strata_with_echo)
endforeach()
