# The image contains Node, the bundled command and the SQLite addon; no shell, npm or compiler.
# It builds on any architecture.

# Node with its headers under /usr/local, npm, and a C++ toolchain: the SQLite addon is compiled if no
# prebuilt one can be downloaded.
ARG BUILD_IMAGE=node:24-bookworm
# Only the libraries of a glibc program. Its glibc must not be older than that of the build image.
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12

# Dependencies first, so that changes of the sources reuse this layer.
FROM ${BUILD_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Otherwise node-gyp would download headers.
RUN npm_package_config_node_gyp_nodedir=/usr/local npm ci --no-audit --no-fund

FROM dependencies AS production
# The bundle contains all other dependencies. Of the addon, only the compiled file and its loader are needed.
WORKDIR /out/modules/app/node_modules
RUN cp -R /app/node_modules/better-sqlite3 /app/node_modules/bindings /app/node_modules/file-uri-to-path . \
 && cd better-sqlite3 \
 && strip --strip-unneeded -o /tmp/better_sqlite3.node build/Release/better_sqlite3.node \
 && rm -rf build deps src binding.gyp \
 && mkdir -p build/Release \
 && mv /tmp/better_sqlite3.node build/Release/
# Trees as in the final image, so that COPY preserves modes and times; the final image has no shell to
# create directories. /data has the mode of /tmp, because any user may run the image; a new volume copies it.
RUN mkdir -p /out/system/usr/local/bin /out/system/usr/local/share/doc/node \
      /out/system/data /out/system/fixtures \
 && strip --strip-unneeded -o /out/system/usr/local/bin/node /usr/local/bin/node \
 && if [ -f /usr/local/LICENSE ]; then cp /usr/local/LICENSE /out/system/usr/local/share/doc/node/; fi \
 && chmod -R a+rX,go-w /out \
 && chmod 1777 /out/system/data
# Fixed times make builds reproducible, but for the compiled code (dist/cli-code-*).
ARG SOURCE_DATE_EPOCH=0
RUN find /out -exec touch --no-dereference --date=@${SOURCE_DATE_EPOCH} {} +

FROM dependencies AS program
COPY . .
RUN npm run build
# Readable by any user, whatever the umask of the checkout.
ARG SOURCE_DATE_EPOCH=0
RUN mkdir -p /out/app/dist \
 && cp -R package.json fixtures /out/app/ \
 && cp dist/cli.js dist/cli-* /out/app/dist/ \
 && cp -R dist/inspector /out/app/dist/ \
 && chmod -R a+rX,go-w /out \
 && find /out -exec touch --no-dereference --date=@${SOURCE_DATE_EPOCH} {} +

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="atlas-streams-emulator" \
      org.opencontainers.image.description="Emulates the stream private link endpoints of the MongoDB Atlas Administration API"
# The layers that change least come first.
COPY --from=production /out/system/ /
COPY --from=production /out/modules/ /
COPY --from=program /out/ /
WORKDIR /app
# Variables override the file named by --config; ports have their defaults, 27080 and 27443.
ENV NODE_ENV=production \
    ATLAS_EMULATOR_HOST=0.0.0.0 \
    ATLAS_EMULATOR_DB=/data/emulator.db
# The database. Everything else can be read-only. /fixtures is for fixtures of the user.
VOLUME /data
# The second port is open only with --tls.
EXPOSE 27080 27443
# A number, so that an orchestrator can verify that it is not root.
USER 65532:65532
# It reads the same variables and file as the server, but not the flags after the image's name.
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
  CMD ["/usr/local/bin/node", "/app/dist/cli.js", "wait", "--timeout-ms", "2000"]
# Without a shell, signals reach the program, and the arguments of `docker run IMAGE …` are its flags.
ENTRYPOINT ["/usr/local/bin/node", "/app/dist/cli.js"]
