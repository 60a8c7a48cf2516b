# The Debian package: build the targets package_files names, then cpack -G DEB in the build folder.
add_custom_target(package_files DEPENDS cromwelld cromwell texts packed_texts help_tags)

set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cromwell)
set(CPACK_PACKAGE_CONTACT "Cromwell's maintainers <maintainers@mycromwell.org>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "python3-pip")  # cromwell model pull-default
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "local code-editing model server
Keeps a small language model resident on an ordinary CPU and turns a file and
an instruction into a validated diff, streamed while it is generated. Holds
the daemon, the command and systemd units; the model is fetched by
`cromwell model pull-default`.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_SOURCE_DIR}/deploy/debian/postinst ${CMAKE_SOURCE_DIR}/deploy/debian/prerm
  ${CMAKE_SOURCE_DIR}/deploy/debian/postrm ${CMAKE_SOURCE_DIR}/deploy/debian/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
