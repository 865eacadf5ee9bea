"""What deploying needs and the template does not make: the regtest node's password, a key for replay's prices (any will do,
but the plans without one end a year ago), and a bucket for uploads. LocalStack runs this once it is up, in a container and as
a process."""

from localstack.aws.connect import connect_to

aws = connect_to(region_name="us-east-1")
aws.ssm.put_parameter(Name="/hashlake/regtest/bitcoin-rpc", Value="hashlake:regtest", Type="SecureString", Overwrite=True)
aws.ssm.put_parameter(Name="/hashlake/replay/coingecko-key", Value="any", Type="SecureString", Overwrite=True)
aws.s3.create_bucket(Bucket="hashlake-deploy")  # Last: stack.sh waits for it.
