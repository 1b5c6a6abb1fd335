# embed.cmake: writes pieces.inc, the runtime files as C arrays with one string per source line.
#
#   cmake -DRUNTIME=runtime -DOUTPUT=build/pieces.inc -P runtime/embed.cmake
#
# Reads pieces.def, whose lines look like
#   PIECE(rng, "rng.c", "", "random numbers that do not depend on the thread")
# and writes, for each of them,
#   static const char *const piece_rng[] = {"first line\n", "second line\n", ..., 0};
# A line stays below the 4095 characters that C promises for a literal, which is why the file is not
# one literal. The text is never made a CMake list: lists lose semicolons and brackets.
cmake_minimum_required(VERSION 3.25)

file(READ "${RUNTIME}/pieces.def" definitions)
string(REGEX MATCHALL "\nPIECE\\([a-z0-9_]+, *\"[^\"]+\"" entries "\n${definitions}")

set(result "/* Made by runtime/embed.cmake from runtime/pieces.def. */\n")
foreach(entry IN LISTS entries)
    string(REGEX REPLACE "\nPIECE\\(([a-z0-9_]+), *\"([^\"]+)\"" "\\1" name "${entry}")
    string(REGEX REPLACE "\nPIECE\\(([a-z0-9_]+), *\"([^\"]+)\"" "\\2" file "${entry}")
    if(NOT EXISTS "${RUNTIME}/${file}")
        message(FATAL_ERROR "runtime/pieces.def names '${file}', which is not in runtime/")
    endif()
    file(READ "${RUNTIME}/${file}" text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "\n" "\\n\",\n    \"" text "${text}")
    # The last line ends the file, so what remains is an empty literal: it becomes the terminator.
    string(APPEND result "\n/* runtime/${file} */\nstatic const char *const piece_${name}[] = {\n"
        "    \"${text}\",\n    0};\n")
endforeach()
string(REPLACE "    \"\",\n    0};" "    0};" result "${result}")
file(WRITE "${OUTPUT}" "${result}")
