"""Creates what a deployment needs and the template does not create: the regtest node's password, an API key for replay's
prices (any value works; without a key, only a year of prices is available), and a bucket for uploads. LocalStack runs this script
once it is ready, both in a container and as a process."""

from localstack.aws.connect import connect_to

aws = connect_to(region_name="us-east-1")
aws.ssm.put_parameter(Name="/hashlake/regtest/bitcoin-rpc", Value="hashlake:regtest", Type="SecureString", Overwrite=True)
aws.ssm.put_parameter(Name="/hashlake/replay/coingecko-key", Value="any", Type="SecureString", Overwrite=True)
aws.s3.create_bucket(Bucket="hashlake-deploy")  # Keep it last: stack.sh waits for this bucket.
