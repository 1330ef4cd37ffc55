# A static binary in an empty image, run by a user without rights.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /coscribe ./server && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /coscribe /coscribe
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
ENV COSCRIBE_DATA=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/coscribe"]
