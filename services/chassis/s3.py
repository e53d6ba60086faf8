"""Blobs in an S3-compatible store."""

from typing import IO, Any, cast

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from services.chassis.blobstore import BlobDamaged, BlobMissing, digest

MISSING = {"404", "NoSuchKey", "NotFound"}


class S3Shelf:
    """A bucket. Some servers accept a wrong checksum, so what was written is read again and hashed."""

    def __init__(self, bucket: str, endpoint: str, key: str, secret: str, region: str = "us-east-1") -> None:
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"mode": "standard", "total_max_attempts": 4},
            connect_timeout=5,
            read_timeout=60,
        )
        self._bucket = bucket
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            region_name=region,
            config=config,
        )

    def store(self, key: str, file: IO[bytes]) -> None:
        """Keep the bytes, unless they are there and whole."""
        if not self._exists(key):
            plain = TransferConfig(use_threads=False)
            self._client.upload_fileobj(_Unclosed(file), self._bucket, key, Config=plain)
        with self.open(key) as written:
            sha256, _ = digest(written)
        if sha256 != key[-64:]:
            raise BlobDamaged(f"{key} holds other bytes: {sha256}")

    def open(self, key: str) -> IO[bytes]:
        """Return the bytes as a stream, or raise BlobMissing."""
        try:
            return cast(IO[bytes], self._client.get_object(Bucket=self._bucket, Key=key)["Body"])
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                raise BlobMissing(key) from None
            raise

    def _exists(self, key: str) -> bool:
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return False
            raise
        return True


class _Unclosed:
    """A file that boto3 does not close for its owner."""

    def __init__(self, file: IO[bytes]) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell

    def close(self) -> None:
        """Leave it open."""
