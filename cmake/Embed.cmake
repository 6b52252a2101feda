# webserv_embed(TARGET NAME HEADER BASE FILE...): compiles files into TARGET, which then defines
#   std::span<const webserv::app::EmbeddedFile> webserv::app::NAME();
# with the path of each file below BASE and its bytes. HEADER, a path below src, declares both. A changed file is embedded
# anew by the next build.
set(WEBSERV_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed-script.cmake)

function(webserv_embed target name header base)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DHEADER=${header} -DBASE=${base} "-DFILES=${ARGN}" -DOUTPUT=${output}
      -P ${WEBSERV_EMBED_SCRIPT}
    DEPENDS ${ARGN} ${WEBSERV_EMBED_SCRIPT}
    COMMENT "Embedding ${name}"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
