# What `cmake --install` puts below the prefix: the program, systemd's units, the default site and its configuration.

if(TARGET webserv)
  install(TARGETS webserv DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# systemd/NAME is installed as it is, systemd/NAME.in with the program's path in it; folders (drop-ins) are kept, but for what
# is optional and stays with the other data. The path is filled in by the installation, which may be given another prefix than
# the build.
install(CODE "
  set(CMAKE_INSTALL_FULL_BINDIR \"${CMAKE_INSTALL_BINDIR}\")
  cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_FULL_BINDIR BASE_DIRECTORY \"\${CMAKE_INSTALL_PREFIX}\" NORMALIZE)")
file(GLOB_RECURSE units CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/systemd systemd/*)
list(FILTER units INCLUDE REGEX "\\.(service|socket|slice|conf)(\\.in)?$")
foreach(unit IN LISTS units)
  set(file ${PROJECT_SOURCE_DIR}/systemd/${unit})
  if(unit MATCHES "\\.in$")
    string(REGEX REPLACE "\\.in$" "" unit ${unit})
    install(CODE "configure_file(\"${file}\" \"${PROJECT_BINARY_DIR}/systemd/${unit}\" @ONLY)")
    set(file ${PROJECT_BINARY_DIR}/systemd/${unit})
  endif()
  cmake_path(GET unit PARENT_PATH folder)
  set(destination ${WEBSERV_UNIT_DIR}/${folder})
  if(folder STREQUAL "optional")
    set(destination ${CMAKE_INSTALL_DATADIR}/webserv/systemd)
  endif()
  install(FILES ${file} DESTINATION ${destination})
endforeach()

# The folder of the configuration is root's, for what the service's user could write, its programs could. One that is there
# stays as it is. Whoever is not root installs for himself, or into DESTDIR, for a package.
install(CODE [[
  set(folder "$ENV{DESTDIR}/etc/webserv")
  execute_process(COMMAND id -u OUTPUT_VARIABLE user OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(EXISTS "${folder}")
    message(STATUS "Left as it is: ${folder}")
  elseif(user STREQUAL "0" OR NOT "$ENV{DESTDIR}" STREQUAL "")
    message(STATUS "Installing: ${folder}")
    execute_process(COMMAND install -d -m 755 "${folder}" COMMAND_ERROR_IS_FATAL ANY)
  endif()]])

# conf/ and www/ lie side by side, as here, so that the relative paths in conf/webserv.toml hold.
install(DIRECTORY www conf DESTINATION ${CMAKE_INSTALL_DATADIR}/webserv USE_SOURCE_PERMISSIONS)
install(FILES LICENSE docs/manual.md docs/configuration.md docs/cgi.md docs/logging.md
  docs/proxies.md docs/security.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
