# One image for the worker, the api, the bot and the step that prepares the database;
# docker-compose.yml says which of them a container runs.
FROM node:24.21.0-trixie-slim AS base
# Temporal's core has many threads; each would keep memory of its own that malloc never gives back.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json .npmrc ./
COPY web/package.json ./web/package.json
RUN npm ci --include=dev --workspace=web --include-workspace-root --ignore-scripts
COPY . ./
RUN node node_modules/vite/bin/vite.js build web
RUN node deploy/workflow-bundle.ts dist/workflows.cjs

FROM base AS packages
COPY package.json package-lock.json .npmrc ./
# The optional packages bring Node itself and compilers: the image has the one and needs no other.
# What only the pages or the emulators are made of stays out.
RUN npm ci --omit=dev --omit=optional --workspaces=false --ignore-scripts
# The Temporal SDK ships its native part for five systems.
RUN find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +

FROM base
# For VPN hosts that are reached over SSH.
RUN apt-get update && apt-get install -y --no-install-recommends openssh-client && rm -r /var/lib/apt/lists/*
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/web/dist ./web/dist
COPY --from=build /app/dist ./dist
COPY package.json plans.json ./
COPY activities ./activities
COPY api ./api
COPY bot ./bot
COPY client ./client
COPY db ./db
COPY deploy ./deploy
COPY domain ./domain
COPY gateways ./gateways
COPY runtime ./runtime
COPY texts ./texts
COPY workers ./workers
COPY workflows ./workflows
ENV WORKFLOW_BUNDLE=/app/dist/workflows.cjs
USER node
CMD ["node", "workers/main.ts"]
