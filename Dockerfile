# The image: Node, the command in its few files, the SQLite addon; no shell, no npm, no compiler.
# Nothing here depends on the architecture.

# Node with its headers under /usr/local, npm, and a C++ toolchain: the SQLite addon is downloaded
# prebuilt where that is possible and compiled where it is not.
ARG BUILD_IMAGE=node:24-bookworm
# What a glibc program needs and nothing more. Its glibc must not be older than the build image's.
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12

# Dependencies come first and alone: a change of the sources reuses this layer.
FROM ${BUILD_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# A compilation takes these headers; node-gyp would download others.
RUN npm_package_config_node_gyp_nodedir=/usr/local npm ci --no-audit --no-fund

FROM dependencies AS production
# The command brings the rest with it. Of the addon only the compiled file is loaded, and what finds it.
WORKDIR /out/modules/app/node_modules
RUN cp -R /app/node_modules/better-sqlite3 /app/node_modules/bindings /app/node_modules/file-uri-to-path . \
 && cd better-sqlite3 \
 && strip --strip-unneeded -o /tmp/better_sqlite3.node build/Release/better_sqlite3.node \
 && rm -rf build deps src binding.gyp \
 && mkdir -p build/Release \
 && mv /tmp/better_sqlite3.node build/Release/
# Trees as they lie in the final image, so that one COPY brings modes and times along. It has no shell to
# make directories with: /data is like /tmp, as any user may run this; a fresh volume takes its mode over.
RUN mkdir -p /out/system/usr/local/bin /out/system/usr/local/share/doc/node \
      /out/system/data /out/system/fixtures \
 && strip --strip-unneeded -o /out/system/usr/local/bin/node /usr/local/bin/node \
 && if [ -f /usr/local/LICENSE ]; then cp /usr/local/LICENSE /out/system/usr/local/share/doc/node/; fi \
 && chmod -R a+rX,go-w /out \
 && chmod 1777 /out/system/data
# Equal contents make equal layers, whenever they were built.
ARG SOURCE_DATE_EPOCH=0
RUN find /out -exec touch --no-dereference --date=@${SOURCE_DATE_EPOCH} {} +

FROM dependencies AS program
COPY . .
RUN npm run build
# Readable by any user, whatever the umask of the checkout was.
ARG SOURCE_DATE_EPOCH=0
RUN mkdir -p /out/app/dist \
 && cp -R package.json fixtures /out/app/ \
 && cp dist/cli.js dist/cli-* /out/app/dist/ \
 && chmod -R a+rX,go-w /out \
 && find /out -exec touch --no-dereference --date=@${SOURCE_DATE_EPOCH} {} +

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="atlas-streams-emulator" \
      org.opencontainers.image.description="Emulates the stream private link endpoints of the MongoDB Atlas Administration API"
# What changes least lies lowest.
COPY --from=production /out/system/ /
COPY --from=production /out/modules/ /
COPY --from=program /out/ /
WORKDIR /app
# The health check reads the port from here: change it by this variable, not by a flag. Variables go
# over a file named by --config.
ENV NODE_ENV=production \
    ATLAS_EMULATOR_HOST=0.0.0.0 \
    ATLAS_EMULATOR_PORT=27080 \
    ATLAS_EMULATOR_TLS_PORT=27443 \
    ATLAS_EMULATOR_DB=/data/emulator.db
# The database, the only thing written: everything else may be read-only. /fixtures is for a user's own.
VOLUME /data
# The second port listens with `--tls` alone.
EXPOSE 27080 27443
# By number, so that an orchestrator can see that it is not root.
USER 65532:65532
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
  CMD ["/usr/local/bin/node", "-e", "fetch(`http://127.0.0.1:${process.env.ATLAS_EMULATOR_PORT}/_emulator/health`, { signal: AbortSignal.timeout(2000) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell between: signals reach the program, and the arguments of `docker run IMAGE …` are its flags.
ENTRYPOINT ["/usr/local/bin/node", "/app/dist/cli.js"]
