# The gateway alone: one binary on a slim Debian. The database is another container or a managed PostgreSQL.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpq-dev libssl-dev libxml2-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
RUN swift build --configuration release --static-swift-stdlib --product xds-gateway \
    && install -D "$(swift build --configuration release --show-bin-path)/xds-gateway" /out/xds-gateway

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl libpq5 libssl3 libxml2 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /var/lib/xds-gateway --create-home xds
COPY --from=build /out/xds-gateway /usr/local/bin/xds-gateway
USER xds
WORKDIR /var/lib/xds-gateway
VOLUME /var/lib/xds-gateway
EXPOSE 8443
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["curl", "--silent", "--fail", "--output", "/dev/null", "http://127.0.0.1:9443/health/live"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["xds-gateway"]
# Configuration comes from a YAML file named by XDS_CONFIG, from XDS_SECTION_KEY variables, or from both.
CMD ["serve"]
